/** The least that an event stream to many can be: one message of the size of ours to all, so often a second. */
import { createServer } from 'node:http';

const [port, perSecond] = process.argv.slice(2);
const readers = new Set();
const filler = 'x'.repeat(500);
createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: {"type":"snapshot"}\n\n');
  readers.add(response);
  response.on('close', () => readers.delete(response));
}).listen(Number(port), '127.0.0.1');
setInterval(
  () => {
    const startedAt = performance.timeOrigin + performance.now();
    const message = `data: ${JSON.stringify({ type: 'request', request: { startedAt, durationMs: 0, filler } })}\n\n`;
    for (const response of readers) response.write(message);
  },
  1000 / Number(perSecond),
);
