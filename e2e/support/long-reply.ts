/** A long reply of every kind of markdown that models write, about four characters a token. */
export function longReply(tokens: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let n = 1; length < tokens * 4; n += 1) {
    const part = section(n);
    parts.push(part);
    length += part.length + 2;
  }
  return parts.join('\n\n').slice(0, tokens * 4);
}

function section(n: number): string {
  return [
    `## ${n}. A heading of this part`,
    `The **river** rises in \`part_${n}\`, and [its source](https://example.org/${n}) lies _high_ above. `.repeat(
      5,
    ),
    Array.from(
      { length: 12 },
      (_, index) => `${index + 1}. Item ${index} of **list** ${n}, with \`code\``,
    ).join('\n'),
    `\`\`\`python\n${Array.from({ length: 14 }, (_, index) => `def step_${index}(x: int) -> str:  # ${n}\n    return f"{x} and {index}"`).join('\n')}\n\`\`\``,
    `| name | value | unit |\n|---|---:|---|\n${Array.from({ length: 14 }, (_, index) => `| row ${index} | ${index * n} | **ms** |`).join('\n')}`,
    `> What the model quotes, in ${n} words.\n> And a second line.`,
  ].join('\n\n');
}
