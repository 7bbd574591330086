// Markdown that somebody wrote, as React elements: nothing of it is ever parsed as HTML (raw HTML shows as text), links leave
// only by http(s) and mailto, and pictures of other servers are links, so that opening a page tells nobody.

import MarkdownIt from "markdown-it";
import { createElement, Fragment, type ReactNode, useMemo } from "react";
import css from "./Markdown.module.css";
import { visible } from "./Name";

const parser = new MarkdownIt("default", { html: false, linkify: true, typographer: false, breaks: false });
type Token = ReturnType<typeof parser.parse>[number];

export const MAX_MARKDOWN = 200_000; // characters; what is beyond shows as it is

export default function Markdown({ source }: { source: string }) {
  const content = useMemo(() => {
    const tokens = parser.parse(source.slice(0, MAX_MARKDOWN), {});
    return new Renderer(tokens).all();
  }, [source]);
  return (
    <div className={css.markdown}>
      {content}
      {source.length > MAX_MARKDOWN && <pre>{source.slice(MAX_MARKDOWN)}</pre>}
    </div>
  );
}

export { Markdown };

const TAGS = new Set(
  "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s hr br table thead tbody tr th td".split(" "),
);
// A page has one h1, its own; headings of a text stand below it.
const LOWER: Record<string, string> = { h1: "h4", h2: "h5", h3: "h6", h4: "h6", h5: "h6" };

export function safeHref(href: string): string | null {
  try {
    const url = new URL(href, location.origin);
    return /^(?:https?|mailto):$/.test(url.protocol) ? href : null;
  } catch {
    return null;
  }
}

const isOwnPicture = (src: string) => /^\/api\/v1\/blobs\/[\w-]+$/.test(src);

class Renderer {
  private at = 0;

  constructor(private readonly tokens: Token[]) {}

  all(): ReactNode[] {
    const out: ReactNode[] = [];
    while (this.at < this.tokens.length) {
      const token = this.tokens[this.at];
      if (token.nesting === -1) break;
      this.at++;
      if (token.nesting === 1) {
        const children = this.all();
        this.at++;
        out.push(element(token, children, this.at));
      } else {
        out.push(leaf(token, this.at));
      }
    }
    return out;
  }
}

function element(token: Token, children: ReactNode[], key: number): ReactNode {
  if (token.hidden) return createElement(Fragment, { key }, ...children);
  if (token.tag === "a") return link(String(token.attrGet("href") ?? ""), children, key);
  const tag = LOWER[token.tag] ?? token.tag;
  if (!TAGS.has(token.tag)) return createElement(Fragment, { key }, ...children);
  const align = /text-align:(left|right|center)/.exec(String(token.attrGet("style") ?? ""))?.[1];
  const start = token.tag === "ol" ? Number(token.attrGet("start") ?? 1) : undefined;
  return createElement(tag, { key, start, style: align && { textAlign: align } }, ...children);
}

function leaf(token: Token, key: number): ReactNode {
  switch (token.type) {
    case "inline":
      return createElement(Fragment, { key }, ...new Renderer(token.children ?? []).all());
    case "text":
      return visible(token.content);
    case "softbreak":
      return "\n";
    case "hardbreak":
      return createElement("br", { key });
    case "hr":
      return createElement("hr", { key });
    case "code_inline":
      return createElement("code", { key }, token.content);
    case "fence":
    case "code_block":
      return createElement("pre", { key, tabIndex: 0 }, createElement("code", null, token.content));
    case "image": {
      const src = String(token.attrGet("src") ?? "");
      const alt = token.content || src;
      if (isOwnPicture(src)) return createElement("img", { key, src, alt, loading: "lazy" });
      return link(src, [alt], key);
    }
    default:
      return token.content;
  }
}

function link(href: string, children: ReactNode[], key: number): ReactNode {
  const safe = safeHref(href);
  if (safe === null) return createElement("span", { key, title: href }, ...children);
  const outside = !/^[/#?]/.test(safe) || safe.startsWith("//");
  const rel = outside ? { rel: "noopener noreferrer nofollow", target: "_blank" } : {};
  return createElement("a", { key, href: safe, ...rel }, ...children);
}
