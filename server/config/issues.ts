/** What a schema has found, in words for the person who wrote the file. */
import type * as z from 'zod';

type Issue = z.core.$ZodIssue;

/** One entry for each unknown key; of a choice between shapes, what is wrong with the one that was meant. */
export function plainIssues(issue: Issue): Pick<Issue, 'path' | 'message'>[] {
  if (issue.code === 'unrecognized_keys') {
    const message = issue.message.startsWith('Unrecognized key') ? 'There is no such key.' : issue.message;
    return issue.keys.map((key) => ({ path: [...issue.path, key], message }));
  }
  if (issue.code !== 'invalid_union') return [{ path: issue.path, message: inWords(issue) }];
  const meant =
    issue.errors.find((branch) =>
      branch.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
    ) ??
    issue.errors[0] ??
    [];
  return meant.flatMap((inner) => plainIssues({ ...inner, path: [...issue.path, ...inner.path] }));
}

function inWords(issue: Issue): string {
  if (issue.code === 'too_small' && issue.origin === 'number') return `It must be ${issue.minimum} or more.`;
  if (issue.code === 'too_big' && issue.origin === 'number') return `It must be ${issue.maximum} or less.`;
  return issue.message
    .replace(/^(?:Invalid \w+|Too big|Too small): expected/, 'Expected')
    .replace(/received undefined$/, 'but it is missing');
}
