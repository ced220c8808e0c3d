/** Signs of the chat, drawn like those of icons.tsx. */
import { Icon } from './icons.tsx';

export const SlidersIcon = () => (
  <Icon size={16}>
    <path d="M3 6h7M14 6h3M3 14h3M10 14h7" />
    <circle cx="12" cy="6" r="2" />
    <circle cx="8" cy="14" r="2" />
  </Icon>
);

export const ClipIcon = () => (
  <Icon size={17}>
    <path d="m15.5 9.5-6 6a3.5 3.5 0 0 1-5-5l6.5-6.5a2.4 2.4 0 0 1 3.4 3.4L8 13.8a1.2 1.2 0 0 1-1.7-1.7l5.7-5.6" />
  </Icon>
);

export const BackIcon = () => (
  <Icon size={14}>
    <path d="m12.5 4-6 6 6 6" />
  </Icon>
);

export const ForthIcon = () => (
  <Icon size={14}>
    <path d="m7.5 4 6 6-6 6" />
  </Icon>
);

export const SaveIcon = () => (
  <Icon size={16}>
    <path d="M10 3.5v9M6 9l4 4 4-4M4 16.5h12" />
  </Icon>
);

export const SideBySideIcon = () => (
  <Icon size={15}>
    <path d="M3 4h6v12H3zM11 4h6v12h-6z" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon size={14}>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
);

export const ConnectIcon = () => (
  <Icon>
    <path d="M7 6V3M13 6V3M5 6h10v3a5 5 0 0 1-10 0zM10 14v4" />
  </Icon>
);
