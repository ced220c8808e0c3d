/** Conversations as Markdown, for people: the branch that is shown, with what made each reply. */
import { withAttachments } from '../schemas/attachment-text.ts';
import { settingWords } from '../schemas/chat-settings-words.ts';
import type { FileConversation, FileMessage } from '../schemas/chat-file.ts';
import { pathTo } from './chat-tree.ts';

export function toMarkdown({ title, createdAt, settings, messages, leafId }: FileConversation): string {
  const head = [`# ${title.replaceAll('\n', ' ')}`, `Begun ${new Date(createdAt).toISOString()}`];
  const system = settings.systemPrompt === undefined ? [] : ['## System prompt', settings.systemPrompt];
  return [...head, ...system, ...pathTo(messages, leafId).flatMap(part)].join('\n\n') + '\n';
}

function part({ role, content, model, settings, attachments, state, error }: FileMessage): string[] {
  if (role === 'user') return ['## You', withAttachments(content, attachments)];
  const facts = [...(model === null ? [] : [model]), ...settingWords(settings ?? {})];
  const broken = state === 'failed' ? `*The reply broke off: ${error ?? 'unknown'}*` : '';
  return [
    '## Reply',
    ...(facts.length === 0 ? [] : [`*${facts.join(' · ')}*`]),
    content,
    ...(broken === '' ? [] : [broken]),
  ];
}
