/** The least that a relay in Node can be: `node pipe.mjs <own port> <upstream>`. No key is checked, nothing is counted. */
import { Agent, createServer, request } from 'node:http';

const [port, upstream] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 256 });
createServer({ keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
  const onward = request(
    new URL(incoming.url, upstream),
    { method: incoming.method, headers: incoming.headers, agent },
    (reply) => {
      outgoing.writeHead(reply.statusCode, reply.headers);
      reply.pipe(outgoing);
    },
  );
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}).listen(Number(port), '127.0.0.1');
