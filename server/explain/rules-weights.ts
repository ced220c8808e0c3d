/** The weights file and what is in it, in the words of llama.cpp's loader. */
import type { Rule } from './rule.ts';

const AGAIN = 'Delete the file on the Models page and download it again, or choose another one.';

export const WEIGHTS_RULES: readonly Rule[] = [
  {
    cause: 'weights_no_gguf',
    pattern: /invalid magic characters|bad magic|is not a GGUF file/,
    tell: () => ({
      sentence: 'The weights file is no GGUF file, whatever its name says.',
      fix: 'Name a GGUF file: model_path in ai-lab.yaml, or a repository that holds GGUF files as model_id.',
    }),
  },
  {
    cause: 'architecture_unknown',
    pattern: /unknown model architecture: '([^']{0,60})'/,
    tell: ([, name]) => ({
      sentence: `This version of llama.cpp does not know models of the architecture "${name}".`,
      fix: 'Use a newer llama.cpp (under `images:` in ai-lab.yaml, or a newer llama-server on the PATH), or choose another model.',
    }),
  },
  {
    cause: 'quantization_unknown',
    pattern: /has invalid ggml type (\d{1,5})/,
    tell: ([, type]) => ({
      sentence: `The weights use a quantization (ggml type ${type}) that this version of llama.cpp does not know.`,
      fix: 'Choose another quantization of the same model, for example Q4_K_M, or use a newer llama.cpp.',
    }),
  },
  {
    cause: 'weights_truncated',
    pattern:
      /tensor '([^']{1,100})' data is not within the file bounds|failed to read key-value pairs|failed to read tensor (?:info|data)|unexpectedly reached end of file/,
    tell: () => ({
      sentence:
        'The weights file is not whole: it ends before its last tensor, as after a download that broke off.',
      fix: AGAIN,
    }),
  },
  {
    cause: 'weights_incomplete_model',
    pattern:
      /(?:missing tensor|tensor) '([^']{1,100})'(?: not found)?$|wrong number of tensors|create_tensor: tensor '([^']{1,100})' not found/,
    also: /error loading model/,
    tell: () => ({
      sentence:
        'The file lacks tensors that a model of its kind must have: it is of another version of the format, or a part of a model only.',
      fix: 'Choose a newer conversion of the model, or another quantization; a split model needs all of its files in one folder.',
    }),
  },
  {
    cause: 'weights_permission',
    pattern: /failed to open GGUF file '[^']{1,500}' \(Permission denied\)/,
    tell: (_match, { engine }) => ({
      sentence: 'The model server may not read the weights file.',
      fix:
        engine === 'docker'
          ? 'Let everyone read the file and enter its folders (`chmod a+rX` on them), or let the user own them who runs Docker.'
          : 'Make the file readable for the user who starts the lab: `chmod u+r` on it.',
    }),
  },
  {
    cause: 'weights_gone',
    pattern: /failed to open GGUF file '[^']{1,500}' \(No such file or directory\)/,
    tell: () => ({
      sentence: 'The weights file is no longer where it was.',
      fix: 'Download it again on the Models page, or correct model_path in ai-lab.yaml.',
    }),
  },
];

/** The model server goes on with a template of its own: what ended it may be something else, which counts first. */
export const TEMPLATE_RULES: readonly Rule[] = [
  {
    cause: 'chat_template',
    pattern:
      /failed to (?:initialize|apply|parse) (?:chat )?template|the supplied chat template is not supported|Failed to parse chat template|Jinja Exception: |Unable to generate parser for this template/,
    tell: () => ({
      sentence:
        'The chat template in the weights file can’t be used: it is written in a way that the model server does not understand.',
      fix: 'Choose another conversion of the model (another publisher’s often has a corrected template), or use a newer llama.cpp.',
    }),
  },
];
