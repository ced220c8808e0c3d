/** The model's own chat template (Jinja, from the GGUF header), applied as llama-server applies it. */
import { ApiError } from './api-error.ts';
import type { JinjaTemplate } from './llama.ts';
import type { ChatMessage } from './request-schema.ts';

/** For weights without a template; llama-server falls back to the same. */
export const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

export interface SpecialStrings {
  bos: string;
  eos: string;
}

export type RenderChat = (messages: ChatMessage[], extras: Record<string, unknown>) => string;

export function createRenderer(template: JinjaTemplate, special: SpecialStrings): RenderChat {
  const render = (messages: ChatMessage[], extras: Record<string, unknown>) =>
    template.render({
      ...extras,
      messages,
      add_generation_prompt: true,
      bos_token: special.bos,
      eos_token: special.eos,
    });
  return (messages, extras) => {
    try {
      return render(messages, extras);
    } catch (error) {
      const merged = withoutSystem(messages);
      if (merged === undefined) throw refused(error);
      try {
        return render(merged, extras);
      } catch {
        throw refused(error);
      }
    }
  };
}

/** Some templates (Gemma) know no system role: its words then open the first message of the user. */
function withoutSystem(messages: ChatMessage[]): ChatMessage[] | undefined {
  const [first, second, ...rest] = messages;
  if (first?.role !== 'system' || second?.role !== 'user') return undefined;
  return [{ role: 'user', content: `${first.content}\n\n${second.content}` }, ...rest];
}

function refused(error: unknown): ApiError {
  const why = error instanceof Error ? error.message : String(error);
  return new ApiError(400, 'invalid_request_error', `The model's chat template refused the messages: ${why}`);
}
