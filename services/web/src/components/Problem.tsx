// An error where it happened, in the server's words.

import { Component, type ReactNode } from "react";
import { ApiError } from "../api/types";
import { text } from "../text";
import css from "./controls.module.css";

export function ProblemBox({ error, retry }: { error: unknown; retry?: () => void }) {
  const title = error instanceof ApiError ? error.problem.title : text.crashed;
  const detail =
    error instanceof ApiError ? error.problem.detail : text.crashedDetail(error instanceof Error ? error.message : "");
  return (
    <div className={css.problem} role="alert">
      <strong>{title}</strong>
      {detail !== "" && <span>{detail}</span>}
      {retry && (
        <button type="button" className={css.btn} onClick={retry}>
          {text.retry}
        </button>
      )}
    </div>
  );
}

/** A crash takes this part of the page, not the page. */
export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return <ProblemBox error={this.state.error} retry={() => this.setState({ error: null })} />;
  }
}
