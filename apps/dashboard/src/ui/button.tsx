import { Button as BaseButton } from "@base-ui/react/button";
import { type ReactNode, useId } from "react";
import { Icon, type IconName } from "./icons.tsx";

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick?: () => void;
  readonly icon?: IconName;
  /** `plain` has no edge; `danger` ends something. @defaultValue `edge` */
  readonly look?: "edge" | "plain" | "danger";
  /** Why it cannot be used now: it stays reachable, and says so. */
  readonly disabledReason?: string | null;
  /** At work on what it was asked for. */
  readonly busy?: boolean;
  readonly type?: "button" | "submit";
  readonly label?: string;
  readonly pressed?: boolean;
}

const LOOKS = {
  edge: "border border-line bg-surface hover:border-edge",
  plain: "border border-transparent text-soft hover:text-ink hover:bg-raised",
  danger: "border border-failed text-failed hover:bg-failed hover:text-page",
} as const;

/** A button. One that cannot be used stays in the tab order and tells why. */
export function Button({
  children,
  onClick,
  icon,
  look = "edge",
  disabledReason = null,
  busy = false,
  type = "button",
  label,
  pressed,
}: ButtonProps) {
  const reasonId = useId();
  const disabled = disabledReason !== null || busy;
  return (
    <>
      <BaseButton
        type={type}
        disabled={disabled}
        focusableWhenDisabled
        onClick={onClick}
        title={disabledReason ?? label}
        aria-label={label}
        aria-pressed={pressed}
        aria-busy={busy || undefined}
        aria-describedby={disabledReason === null ? undefined : reasonId}
        className={`inline-flex h-8 items-center gap-1.5 rounded-md px-3 text-13 font-medium whitespace-nowrap transition-colors duration-150 data-disabled:cursor-not-allowed data-disabled:opacity-55 ${LOOKS[look]}`}
      >
        {icon !== undefined && <Icon name={icon} />}
        {children}
      </BaseButton>
      {disabledReason !== null && (
        <span id={reasonId} hidden>
          {disabledReason}
        </span>
      )}
    </>
  );
}
