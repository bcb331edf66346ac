import { Dialog } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";

export interface FormDialogProps {
  readonly open: boolean;
  readonly title: string;
  /** What the button says that goes through with it. */
  readonly submit: string;
  readonly disabledReason: string | null;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

/** Asks for what something needs before it is done. */
export function FormDialog({
  open,
  title,
  submit,
  disabledReason,
  busy,
  onClose,
  onSubmit,
  children,
}: FormDialogProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-sunken/75 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 z-50 max-h-[80vh] w-[min(30rem,calc(100vw-2rem))] -translate-x-1/2 overflow-y-auto rounded-md border border-line bg-surface p-5 shadow-float transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0">
          <Dialog.Title className="text-16 font-semibold">{title}</Dialog.Title>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (disabledReason === null && !busy) onSubmit();
            }}
          >
            {children}
            <div className="mt-5 flex justify-end gap-2">
              <Button look="plain" onClick={onClose}>
                Close
              </Button>
              <Button type="submit" busy={busy} disabledReason={disabledReason}>
                {submit}
              </Button>
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
