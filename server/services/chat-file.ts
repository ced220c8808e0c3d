/** A file of conversations, read: our own format, or OpenAI's messages. What is wrong is told with its place. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { LabError } from '../lib/errors.ts';
import { parseJson } from '../lib/json.ts';
import {
  chatFile,
  FILE_FORMAT,
  FILE_MESSAGES_MAX,
  openAiConversation,
  type FileConversation,
  type FileMessage,
  type OpenAiConversation,
} from '../schemas/chat-file.ts';
import { SYSTEM_PROMPT_MAX } from '../schemas/chat-settings-words.ts';
import { titleOf } from './chat-title.ts';

export function readChatFile(text: string, now: number): FileConversation[] {
  const json = parseJson(text);
  if (json === undefined) throw unreadable('The file is not JSON.');
  const conversations = isOurs(json)
    ? parse(chatFile, json).conversations
    : openAiBodies(json).map((body, index) => fromOpenAi(body, index, now));
  if (conversations.length === 0) throw unreadable('The file holds no conversation.');
  const messages = conversations.reduce((sum, one) => sum + one.messages.length, 0);
  if (messages > FILE_MESSAGES_MAX)
    throw unreadable(`The file holds ${messages} messages; ${FILE_MESSAGES_MAX} can be imported at once.`);
  for (const [index, one] of conversations.entries()) checkTree(one, `conversations.${index}`);
  return conversations;
}

const isOurs = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && 'format' in json && json.format === FILE_FORMAT;

function openAiBodies(json: unknown): OpenAiConversation[] {
  if (!Array.isArray(json)) return [parse(openAiConversation, json)];
  // A list of messages is one conversation; a list of bodies is many.
  if (json.some((one) => typeof one === 'object' && one !== null && 'role' in one))
    return [parse(openAiConversation, { messages: json })];
  return parse(z.array(openAiConversation), json);
}

function parse<T extends z.ZodType>(schema: T, json: unknown): z.infer<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unreadable(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'wrong shape'}.`);
}

const isSystem = ({ role }: { role: string }) => role === 'system' || role === 'developer';

function fromOpenAi({ messages, title }: OpenAiConversation, index: number, now: number): FileConversation {
  const plain = messages.map(({ role, content }) => ({
    role,
    content: typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
  }));
  const systemPrompt = plain
    .filter(isSystem)
    .map(({ content }) => content)
    .join('\n\n')
    .trim();
  if (systemPrompt.length > SYSTEM_PROMPT_MAX)
    throw unreadable(`${index}: the system prompt is longer than ${SYSTEM_PROMPT_MAX} characters.`);
  const said = plain.filter((one) => !isSystem(one));
  const first = said.find(({ role }) => role === 'user')?.content ?? said[0]?.content ?? '';
  const settings = systemPrompt === '' ? {} : { systemPrompt };
  const sha256 = createHash('sha256').update(JSON.stringify(plain)).digest('hex');
  return {
    // The same words are the same conversation: a second import is told as a duplicate.
    id: `openai-${sha256.slice(0, 32)}`,
    title: title ?? (titleOf(first) || 'Imported'),
    createdAt: now,
    updatedAt: now,
    settings,
    leafId: null,
    messages: said.map(({ role, content }, place): FileMessage => ({
      id: String(place),
      parentId: place === 0 ? null : String(place - 1),
      role: role === 'user' ? 'user' : 'assistant',
      content,
      state: 'done',
      createdAt: now,
      model: null,
      metrics: null,
      error: null,
      settings: null,
      attachments: [],
    })),
  };
}

/** Each message stands below an earlier one, so that there is no ring and nothing hangs in the air. */
function checkTree({ messages, leafId }: FileConversation, at: string): void {
  const seen = new Set<string>();
  for (const [index, { id, parentId }] of messages.entries()) {
    if (seen.has(id)) throw unreadable(`${at}.messages.${index}: the id ${id} is there twice.`);
    if (parentId !== null && !seen.has(parentId))
      throw unreadable(`${at}.messages.${index}: its parentId names no earlier message.`);
    seen.add(id);
  }
  if (leafId !== null && !seen.has(leafId)) throw unreadable(`${at}.leafId names no message.`);
}

function unreadable(why: string): LabError {
  return new LabError({
    code: 'chat_file_invalid',
    message: `Nothing was imported. ${why}`,
    fix: 'Choose a JSON file that was exported here, or one with OpenAI’s `messages`.',
    status: 400,
  });
}
