import { isJsonObject, PlayheadError } from "@playhead/core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { describeError } from "../../ui/error-text.ts";
import { Page } from "../../ui/page.tsx";
import { usePolled } from "../../ui/poll.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { useAction } from "../../ui/use-action.ts";
import { useNow } from "../../ui/use-now.ts";
import { ConfigChanges } from "./config-changes.tsx";
import { ConfigNotices } from "./config-notices.tsx";
import { type Draft, patchOf, withTyped } from "./draft.ts";
import { SaveBar } from "./save-bar.tsx";
import { SettingList } from "./setting-list.tsx";
import { settingsAnswer } from "./setting-words.ts";
import { type Configuration, settingsApi } from "./settings-api.ts";

/** What the server was told to do, and the place to tell it something else. */
export function SettingsPage() {
  const { value: configuration, error, refresh } = usePolled("config", settingsApi.read);
  if (configuration === null) return <NoSettings error={error} onRetry={refresh} />;
  return <Settings configuration={configuration} onChanged={refresh} />;
}

interface SettingsProps {
  readonly configuration: Configuration;
  readonly onChanged: () => Promise<void>;
}

function Settings({ configuration, onChanged }: SettingsProps) {
  const { settings, file, revision } = configuration;
  const nowMs = useNow(30_000);
  const [draft, setDraft] = useState<Draft>(new Map());
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const { busy, fault, run } = useAction();
  const formRef = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // Where there is something to mend, that is where one goes on.
    if (Object.keys(faults).length > 0) formRef.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [faults]);

  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (draft.size === 0 || busy !== null) return;
    const isSaved = await run("save the changes", async () => {
      setFaults({});
      try {
        await settingsApi.change(patchOf(draft, settings), revision);
      } catch (thrown) {
        const wrong = faultsByKey(thrown);
        setFaults(wrong);
        throw Object.keys(wrong).length === 0 ? thrown : new Error(`This cannot be: ${Object.keys(wrong).join(", ")}`);
      } finally {
        await onChanged();
      }
    });
    if (isSaved) setDraft(new Map());
  };
  const waitForStart = settings.filter(({ key, reloadable }) => !reloadable && draft.has(key)).length;

  return (
    <Page
      title="Settings"
      heading={settingsAnswer(configuration)}
      below={
        <p className="mt-1 text-13 text-soft wrap-anywhere">
          {file === null ? (
            "This server was started without a configuration file: nothing can be changed here."
          ) : (
            <>
              Changes are written to <code>{file}</code>, and hold at once where nothing else is said.
            </>
          )}
        </p>
      }
    >
      <ConfigNotices configuration={configuration} nowMs={nowMs} />
      <form ref={formRef} onSubmit={save} noValidate>
        <SettingList
          configuration={configuration}
          draft={draft}
          faults={faults}
          onType={(setting, typed) => setDraft((before) => withTyped(before, setting, typed))}
        />
        <SaveBar
          count={draft.size}
          atStart={waitForStart}
          busy={busy !== null}
          fault={fault}
          onDiscard={() => {
            setDraft(new Map());
            setFaults({});
          }}
        />
      </form>
      <div className="mt-10">
        <ConfigChanges revision={revision} nowMs={nowMs} />
      </div>
    </Page>
  );
}

/** What the server says is wrong, by the settings' names. */
function faultsByKey(error: unknown): Readonly<Record<string, string>> {
  const byKey = error instanceof PlayheadError ? error.detail.by_key : undefined;
  return isJsonObject(byKey) ? (byKey as Readonly<Record<string, string>>) : {};
}

interface NoSettingsProps {
  readonly error: unknown;
  readonly onRetry: () => Promise<void>;
}

/** The place of the settings before they have come, or why they do not. */
function NoSettings({ error, onRetry }: NoSettingsProps) {
  if (error === null) {
    return (
      <Page title="Settings" heading={<span className="sr-only">Settings</span>}>
        <p className="sr-only" role="status">
          Loading
        </p>
        <Skeleton className="h-9 w-96 max-w-full" />
        <div className="mt-8 space-y-6">
          <Skeleton className="h-16 w-full" />
          <Skeleton className="h-16 w-full" />
          <Skeleton className="h-16 w-full" />
        </div>
      </Page>
    );
  }
  const isForbidden = error instanceof PlayheadError && error.code === "forbidden";
  const { message, hint } = describeError(error);
  return (
    <Page title="Settings" heading={isForbidden ? "Settings are for admins" : "The settings could not be read"}>
      <p role="alert" className="mt-3 flex max-w-[60ch] gap-2 text-soft">
        <StateMark shape="failed" className="mt-0.5" />
        <span>
          {message} {isForbidden ? "Sign in with the access key, or with a key of the role admin." : hint}
        </span>
      </p>
      {!isForbidden && (
        <div className="mt-4">
          <Button icon="retry" onClick={() => void onRetry()}>
            Try again
          </Button>
        </div>
      )}
    </Page>
  );
}
