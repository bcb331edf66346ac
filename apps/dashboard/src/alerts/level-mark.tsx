import type { AlertLevel } from "@playhead/core";
import type { ReactNode } from "react";

/** The colour of each level, as text. */
export const LEVEL_COLORS: Readonly<Record<AlertLevel, string>> = {
  info: "text-soft",
  warning: "text-paused",
  error: "text-failed",
  critical: "text-failed",
};

export interface LevelMarkProps {
  readonly level: AlertLevel;
  /** What is over is drawn without its colour. */
  readonly over?: boolean;
  readonly className?: string;
}

/** A level's shape. Its word stands beside it: the mark itself is silent. */
export function LevelMark({ level, over = false, className = "" }: LevelMarkProps) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      data-level={level}
      className={`size-4 shrink-0 ${over ? "text-faint" : LEVEL_COLORS[level]} ${className}`}
    >
      {SHAPES[level]}
    </svg>
  );
}

const stroke = { fill: "none", stroke: "currentColor", strokeLinecap: "round", strokeLinejoin: "round" } as const;

/** Louder by shape, too: a ring, a triangle, a diamond, a diamond that is filled. */
const SHAPES: Readonly<Record<AlertLevel, ReactNode>> = {
  info: (
    <>
      <circle cx="8" cy="8" r="5.5" {...stroke} strokeWidth="1.5" />
      <path d="M8 7.5v3M8 5.3v.1" {...stroke} strokeWidth="1.6" />
    </>
  ),
  warning: (
    <>
      <path d="M8 2.5 14 13H2z" {...stroke} strokeWidth="1.5" />
      <path d="M8 6.5V9M8 11v.1" {...stroke} strokeWidth="1.6" />
    </>
  ),
  error: (
    <>
      <path d="M8 1.8 14.2 8 8 14.2 1.8 8z" {...stroke} strokeWidth="1.5" />
      <path d="M8 5.5v3M8 10.6v.1" {...stroke} strokeWidth="1.6" />
    </>
  ),
  critical: (
    <>
      <path d="M8 1.4 14.6 8 8 14.6 1.4 8z" fill="currentColor" />
      <path d="M8 4.8v3.6M8 10.9v.1" {...stroke} stroke="var(--color-page)" strokeWidth="1.8" />
    </>
  ),
};
