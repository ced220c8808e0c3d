/** Buttons, and links that look like them. `primary` is for the one next action of a page. */
import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { cx } from './cx.ts';
import { InnerLink } from './link.tsx';
import styles from './button.module.css';

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: ButtonKind;
  small?: boolean;
}

export function Button({ kind = 'plain', small = false, className, type = 'button', ...rest }: ButtonProps) {
  return (
    // oxlint-disable-next-line react/button-has-type -- the type is a parameter with a safe default
    <button
      type={type}
      className={cx(styles.button, styles[kind], small && styles.small, className)}
      {...rest}
    />
  );
}

interface ButtonLinkProps {
  href: string;
  kind?: ButtonKind;
  children: ReactNode;
}

export function ButtonLink({ href, kind = 'plain', children }: ButtonLinkProps) {
  return (
    <InnerLink href={href} className={cx(styles.button, styles[kind])}>
      {children}
    </InnerLink>
  );
}
