/**
 * Samples as Prometheus' remote write 1.0 takes them (prometheus.io/docs/specs/prw/remote_write_spec): a snappy block of
 * a protobuf WriteRequest. A module of its own, because both libraries are needed by a lab that has a Prometheus only.
 */
import protobuf from 'protobufjs/light.js';
import { compress } from 'snappyjs';

export interface Sample {
  /** With `__name__`. */
  labels: Record<string, string>;
  value: number;
}

const WriteRequest = protobuf.Root.fromJSON({
  nested: {
    WriteRequest: { fields: { timeseries: { rule: 'repeated', type: 'TimeSeries', id: 1 } } },
    TimeSeries: {
      fields: {
        labels: { rule: 'repeated', type: 'Label', id: 1 },
        samples: { rule: 'repeated', type: 'Sample', id: 2 },
      },
    },
    Label: { fields: { name: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    Sample: { fields: { value: { type: 'double', id: 1 }, timestamp: { type: 'int64', id: 2 } } },
  },
}).lookupType('WriteRequest');

/** Labels sorted by name, empty ones left out, as the protocol wants them. `at`: epoch milliseconds. */
export function encodeSamples(samples: readonly Sample[], at: number): Buffer {
  const timeseries = samples.map(({ labels, value }) => ({
    labels: Object.entries(labels)
      .filter(([, text]) => text !== '')
      .map(([name, text]) => ({ name, value: text }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    samples: [{ value, timestamp: at }],
  }));
  const message = WriteRequest.encode(WriteRequest.create({ timeseries })).finish();
  return Buffer.from(compress(message));
}
