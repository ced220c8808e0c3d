/** The few signs we draw ourselves: 20 px grid, one stroke, the colour of the text. */
import type { ReactNode } from 'react';

export function Icon({ children, size = 20 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const OverviewIcon = () => (
  <Icon>
    <path d="M3.2 14.5a7.5 7.5 0 1 1 13.6 0" />
    <path d="m10 11.5 3.2-4" />
    <circle cx="10" cy="11.5" r="1" />
  </Icon>
);

export const ChatIcon = () => (
  <Icon>
    <path d="M4 4h12a1.5 1.5 0 0 1 1.5 1.5v7A1.5 1.5 0 0 1 16 14H9l-4 3v-3H4a1.5 1.5 0 0 1-1.5-1.5v-7A1.5 1.5 0 0 1 4 4z" />
  </Icon>
);

export const MetricsIcon = () => (
  <Icon>
    <path d="M3 16.5h14" />
    <path d="m3.5 12.5 4-4 3 2.5 6-6.5" />
  </Icon>
);

export const ModelsIcon = () => (
  <Icon>
    <path d="M10 2.8 16.5 6.4v7.2L10 17.2l-6.5-3.6V6.4z" />
    <path d="M3.7 6.5 10 10l6.3-3.5M10 10v7" />
  </Icon>
);

export const ActivityIcon = () => (
  <Icon>
    <path d="M8 5h9M8 10h9M8 15h9" />
    <path d="m2.5 5 1 1 1.7-2M2.5 10l1 1 1.7-2" />
    <circle cx="3.8" cy="15" r="1" />
  </Icon>
);

export const HooksIcon = () => (
  <Icon>
    <circle cx="7" cy="4.2" r="1.7" />
    <path d="M7 6v6.2a3.8 3.8 0 0 0 7.6 0v-1.7" />
    <path d="m12.4 12.3 2.2-2.2 2.2 2.2" />
  </Icon>
);

export const LockIcon = () => (
  <Icon>
    <rect x="4" y="9" width="12" height="8" rx="1.5" />
    <path d="M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9M10 12v2" />
  </Icon>
);

export const LogsIcon = () => (
  <Icon>
    <rect x="2.5" y="3.5" width="15" height="13" rx="1.5" />
    <path d="m6 8 2.5 2.2L6 12.5M10.5 13H14" />
  </Icon>
);

export const ShareIcon = () => (
  <Icon>
    <circle cx="5" cy="10" r="2.2" />
    <circle cx="14.5" cy="4.8" r="2.2" />
    <circle cx="14.5" cy="15.2" r="2.2" />
    <path d="m7 9 5.5-3.1M7 11l5.5 3.1" />
  </Icon>
);

export const SettingsIcon = () => (
  <Icon>
    <path d="M3 6h7M14.5 6H17M3 14h2.5M10 14h7" />
    <circle cx="12.2" cy="6" r="2" />
    <circle cx="7.8" cy="14" r="2" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon size={15}>
    <rect x="7" y="7" width="10" height="10" rx="1.5" />
    <path d="M13 4.5A1.5 1.5 0 0 0 11.5 3h-7A1.5 1.5 0 0 0 3 4.5v7A1.5 1.5 0 0 0 4.5 13" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon size={15}>
    <path d="m4 10.5 4 4 8-9" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon size={16}>
    <path d="M10 4v12M4 10h12" />
  </Icon>
);

export const PencilIcon = () => (
  <Icon size={15}>
    <path d="m4 13.5 9-9 2.5 2.5-9 9H4z" />
  </Icon>
);

export const TrashIcon = () => (
  <Icon size={15}>
    <path d="M4 5.5h12M8 5.5V4h4v1.5M5.5 5.5l.7 10.5h7.6l.7-10.5" />
  </Icon>
);

export const AgainIcon = () => (
  <Icon size={15}>
    <path d="M16 10a6 6 0 1 1-2-4.5L16 7" />
    <path d="M16 3.5V7h-3.5" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon size={15}>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon size={18}>
    <circle cx="9" cy="9" r="5" />
    <path d="m13 13 3.5 3.5" />
  </Icon>
);

export const ListIcon = () => (
  <Icon size={18}>
    <path d="M3 5h14M3 10h14M3 15h9" />
  </Icon>
);

/** The mark of the product: a flask that holds a level. */
export const Mark = () => (
  <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
    <path
      d="M8.5 2.5h5M9.5 2.5v5.2L4.3 16.6a2 2 0 0 0 1.7 3h10a2 2 0 0 0 1.7-3L12.5 7.7V2.5"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
    <path d="M7.2 13.5h7.6l2 3.5a1 1 0 0 1-.9 1.5H6.1a1 1 0 0 1-.9-1.5z" fill="var(--accent)" />
  </svg>
);

/** Points down while closed, up while open. */
export const ChevronIcon = ({ open }: { open: boolean }) => (
  <Icon size={14}>
    <path d={open ? 'm4 13 6-6 6 6' : 'm4 7 6 6 6-6'} />
  </Icon>
);
