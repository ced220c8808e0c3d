import type { Metadata } from 'next';
import { Frame } from './_frame/frame.tsx';
import { ButtonLink } from './_ui/button.tsx';
import { PageHead } from './_ui/panel.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <Frame>
      <PageHead
        title="There is no page here"
        note="The address is mistyped, or it points to something that was deleted."
      />
      <ButtonLink href="/" kind="primary">
        Go to the Overview
      </ButtonLink>
    </Frame>
  );
}
