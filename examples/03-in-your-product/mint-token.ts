/** Asks Playhead for a token that shows one job, for a few minutes. */
export async function mintToken(playhead: string, key: string, jobId: string): Promise<string> {
  const answer = await fetch(`${playhead}/api/v1/jobs/${encodeURIComponent(jobId)}/tokens`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ verbs: ["read"] }),
  });
  if (!answer.ok) throw new Error(`Playhead gave no token: status ${answer.status}, ${await answer.text()}`);
  const { token } = (await answer.json()) as { readonly token: string };
  return token;
}
