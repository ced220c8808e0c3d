'use client';

import { InnerLink } from '../../_ui/link.tsx';
import { useState } from 'react';
import { formatExact } from '../../../server/schemas/format.ts';
import type { StatusItem } from '../../_lib/wire.ts';
import { Button } from '../../_ui/button.tsx';
import { CopyButton, WithCode } from '../../_ui/copy.tsx';
import { Facts, type Fact } from '../../_ui/facts.tsx';
import { howToLogIn, memoryWords, numberOf, publishedPorts, shortDigest, textOf } from './service-words.ts';
import styles from './services.module.css';

/** What only those want to know who look: image, digest, container, ports, log. */
export function ServiceDetails({ item, home }: { item: StatusItem; home: string }) {
  const image = textOf(item, 'image');
  const digest = textOf(item, 'image_digest');
  const container = textOf(item, 'container');
  const started = numberOf(item, 'started_at');
  const ended = numberOf(item, 'ended_at');
  const exit = textOf(item, 'exit_reason');
  const limit = numberOf(item, 'memory_limit');
  const ports = publishedPorts(item.meta);
  const login = item.state === 'managed' ? howToLogIn(item, home) : null;
  const facts: (Fact | false)[] = [
    login !== null && { name: 'To use it', value: <WithCode text={login} commands /> },
    ports.length > 0 && {
      name: ports.length === 1 ? 'Port' : 'Ports',
      value: ports.map(({ published, target }) => (
        <span key={published} className={styles.port}>
          127.0.0.1:{published} <span className={styles.aside}>({target} in the container)</span>
        </span>
      )),
    },
    exit !== null && { name: 'Ended', value: ended === null ? exit : `${exit}, ${formatExact(ended)}` },
    image !== null && { name: 'Image', value: image },
    digest !== null && {
      name: item.meta['image_digest_is_local_id'] === true ? 'Image ID' : 'Digest',
      value: <Digest digest={digest} local={item.meta['image_digest_is_local_id'] === true} />,
    },
    container !== null && {
      name: 'Container',
      value: `${textOf(item, 'container_name') ?? ''} ${container}`.trim(),
    },
    started !== null && { name: 'Started', value: formatExact(started) },
    limit !== null && { name: 'Memory limit', value: limit === 0 ? 'none' : memoryWords(limit) },
    {
      name: 'Log',
      value: <InnerLink href={`/logs?service=${encodeURIComponent(item.name)}`}>What it writes</InnerLink>,
    },
  ];
  return <Facts facts={facts.filter((fact) => fact !== false)} />;
}

/** Short, as people compare it; whole on demand; copied whole. */
function Digest({ digest, local }: { digest: string; local: boolean }) {
  const [whole, setWhole] = useState(false);
  const short = shortDigest(digest);
  return (
    <span className={styles.digest}>
      <code>{whole ? digest : short}</code>
      <CopyButton text={digest} what="the digest" />
      {short !== digest && (
        <Button kind="quiet" small aria-pressed={whole} onClick={() => setWhole(!whole)}>
          {whole ? 'Shorten' : 'Show all'}
        </Button>
      )}
      {local && <span className={styles.aside}>made or loaded here: it comes from no registry</span>}
    </span>
  );
}
