/** What the network and those behind it refuse: the Hub, registries, proxies. */
import type { Rule } from './rule.ts';

export const NETWORK_RULES: readonly Rule[] = [
  {
    cause: 'model_gated',
    pattern: /GatedRepo|Access to model \S{1,200} is restricted|Cannot access gated repo|is gated: its owner/,
    tell: () => ({
      sentence: 'The owner of this model gives it only to accounts that have accepted its terms.',
      fix: 'Open the model’s page on the Hub, accept the terms, then set HF_TOKEN to a token of that account and pull again.',
    }),
  },
  {
    cause: 'hub_login',
    pattern:
      /Invalid username or password|401 Client Error|does not accept your token|is private, or there is none of that name/,
    tell: () => ({
      sentence:
        'The Hub does not show this repository to you: it is private, misspelt, or your token is no longer good.',
      fix: 'Check the name; for a private one set HF_TOKEN to a token with the right to read, then pull again.',
    }),
  },
  {
    cause: 'image_rate_limited',
    pattern: /toomanyrequests|You have reached your (?:un\w{1,20} )?pull rate limit/i,
    tell: () => ({
      sentence: 'The registry allows no more downloads from your address for now.',
      fix: 'Wait some hours, log in with `docker login`, or name a mirror under `images:` in ai-lab.yaml.',
    }),
  },
  {
    cause: 'image_not_found',
    pattern:
      /manifest (?:for \S{1,300} not found|unknown)|repository does not exist|There is no image \S{1,300}/i,
    tell: () => ({
      sentence: 'The registry has no image of that name.',
      fix: 'Correct the name under `images:` in ai-lab.yaml, or take it out to use the pinned one.',
    }),
  },
  {
    cause: 'image_unauthorized',
    pattern:
      /pull access denied for|no basic auth credentials|unauthorized: (?:authentication required|incorrect username)|The registry did not give out/,
    tell: () => ({
      sentence: 'The registry does not give this image to you without a login.',
      fix: 'Run `docker login` for that registry, or name another image under `images:` in ai-lab.yaml.',
    }),
  },
  {
    cause: 'certificate',
    pattern:
      /self[- ]signed certificate|SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT|x509: certificate signed by unknown authority|certificate verify failed|is not trusted here/,
    tell: () => ({
      sentence:
        'The other side showed a certificate that this machine does not trust, as behind a company’s proxy that reads along.',
      fix: 'Give the proxy’s certificate in NODE_EXTRA_CA_CERTS (and to Docker, in /etc/docker/certs.d), then start ailab-web again.',
    }),
  },
  {
    cause: 'proxy',
    pattern:
      /proxyconnect tcp|Proxy Authentication Required|407 |tunneling socket could not be established|ERR_PROXY/,
    tell: () => ({
      sentence: 'The proxy refused the connection or can’t be reached.',
      fix: 'Check HTTPS_PROXY, its login and NO_PROXY; for Docker, the proxy in its own settings.',
    }),
  },
  {
    cause: 'name_not_resolved',
    pattern:
      /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (\S{1,200})|lookup (\S{1,200})(?: on \S{1,80})?: (?:no such host|server misbehaving)|can't be reached \((?:ENOTFOUND|EAI_AGAIN)\)/,
    tell: ([, a, b]) => ({
      sentence: `This machine does not find the address of ${a ?? b ?? 'the other side'}: it is offline, or the name is wrong.`,
      fix: 'Check the network and the DNS; in a company, HTTPS_PROXY.',
    }),
  },
  {
    cause: 'network_refused',
    pattern:
      /connect (?:ECONNREFUSED|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)|dial tcp \S{1,80}: (?:connect: connection refused|i\/o timeout)|can't be reached \((?:ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|UND_ERR|no answer)/,
    tell: () => ({
      sentence: 'The other side can’t be reached from this machine.',
      fix: 'Check the network and the proxy settings (HTTPS_PROXY, NO_PROXY), and HF_ENDPOINT where you set it.',
    }),
  },
];
