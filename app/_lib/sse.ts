/**
 * Server-sent events from raw bytes (WHATWG HTML, "parsing an event stream"), for a response that is read by
 * `fetch`. Chunks may split anywhere: inside a UTF-8 character, between CR and LF, within a field's name.
 */

export interface SseEvent {
  /** `message` unless the stream names another. */
  event: string;
  data: string;
}

/** Feed it chunks, get the events that are complete. An event without its closing blank line never arrives. */
export function createSseParser(): (chunk: Uint8Array) => SseEvent[] {
  const decoder = new TextDecoder();
  let buffer = '';
  let afterCr = false;
  let data: string[] = [];
  let event = '';

  function line(text: string, out: SseEvent[]): void {
    if (text === '') {
      if (data.length > 0) out.push({ event: event === '' ? 'message' : event, data: data.join('\n') });
      data = [];
      event = '';
      return;
    }
    const colon = text.indexOf(':');
    // A line that begins with a colon is a comment: servers ping with it.
    if (colon === 0) return;
    const field = colon === -1 ? text : text.slice(0, colon);
    const raw = colon === -1 ? '' : text.slice(colon + 1);
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
  }

  return (chunk) => {
    const out: SseEvent[] = [];
    let text = decoder.decode(chunk, { stream: true });
    if (text === '') return out;
    // The LF of a CRLF whose CR ended the last chunk has been dealt with.
    if (afterCr && text.startsWith('\n')) text = text.slice(1);
    afterCr = text === '' ? false : text.endsWith('\r');
    buffer += text;
    let start = 0;
    const ends = /\r\n|\n|\r/g;
    for (let match = ends.exec(buffer); match !== null; match = ends.exec(buffer)) {
      line(buffer.slice(start, match.index), out);
      start = match.index + match[0].length;
    }
    buffer = buffer.slice(start);
    return out;
  };
}
