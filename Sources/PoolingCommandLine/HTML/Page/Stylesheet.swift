/// How the page looks. The colours of the series are told apart by people who see few of them, and each is dark (or, on
/// dark paper, light) enough for text.
enum Stylesheet {
    static let text: HTML = """
        :root { color-scheme: light dark; --paper: #fff; --ink: #1a1a1f; --soft: #54545e; --line: #e2e2e7; --axis: #8a8a94;
          --s1: #0a5ba3; --s2: #a24a00; --s3: #5b5b66; --s4: #00705a; --warn: #a3121f; --warn-paper: #fdf1f1; }
        @media (prefers-color-scheme: dark) { :root { --paper: #141417; --ink: #ececf0; --soft: #b3b3bd; --line: #303037;
          --axis: #7d7d88; --s1: #79b8ff; --s2: #ffab70; --s3: #c0c0ca; --s4: #56d4b1; --warn: #ff9a9a; --warn-paper: #2b1719; } }
        *, *::before, *::after { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
        body { margin: 0; background: var(--paper); color: var(--ink); overflow-wrap: break-word;
          font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
          font-variant-numeric: tabular-nums; }
        header, main, nav, footer { max-width: 76rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 3rem); }
        header { padding-top: clamp(1.5rem, 5vw, 3.5rem); }
        main { padding-bottom: 4rem; }
        p, li, dd { max-width: 46rem; }
        a { color: var(--s1); }
        a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--s1); outline-offset: 2px; }
        .skip { position: absolute; left: -100vw; top: 0; padding: .5rem 1rem; background: var(--paper); }
        .skip:focus { left: 0; }
        h1 { font-size: clamp(1.6rem, 4vw, 2.2rem); line-height: 1.2; font-weight: 650; margin: 0 0 .5rem; }
        h2 { font-size: 1.45rem; line-height: 1.25; font-weight: 650; margin: 4rem 0 .75rem; }
        h3 { font-size: 1.2rem; font-weight: 650; margin: 3rem 0 .5rem; }
        h4 { font-size: 1rem; font-weight: 650; margin: 0; }
        .meta { color: var(--soft); margin: .25rem 0; }
        .warning { max-width: 46rem; color: var(--warn); background: var(--warn-paper); border-left: 4px solid var(--warn);
          padding: .6rem 1rem; margin: 1rem 0; }
        nav ul { padding-left: 1.2rem; margin: .25rem 0; }
        .summary > li { margin: .4rem 0; }
        .summary { padding-left: 1.2rem; }
        figcaption h3 { font-size: 1rem; margin: 0; }
        figure { margin: 2.5rem 0 0; }
        figcaption p { margin: .15rem 0 1rem; color: var(--soft); }
        .row-title { margin: 1.25rem 0 .5rem; font-weight: 600; font-size: .92rem; }
        .panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18.5rem), 1fr)); gap: 1.25rem 2.25rem; }
        .panel { min-width: 0; max-width: 26rem; }
        .panel-title { margin: 0 0 .25rem; font-size: .85rem; color: var(--ink); }
        svg { display: block; width: 100%; height: auto; font: 11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
          font-variant-numeric: tabular-nums; }
        .grid { stroke: var(--line); stroke-width: 1; }
        .axis { stroke: var(--axis); stroke-width: 1; }
        .pointer { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 1 2; }
        .leader { stroke: var(--axis); stroke-width: .6; fill: none; }
        .line { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
        .mark { stroke: var(--paper); stroke-width: .8; }
        .tick { fill: var(--soft); }
        .value, .name { fill: var(--ink); }
        line.s1, path.line.s1 { stroke: var(--s1); }
        line.s2, path.line.s2 { stroke: var(--s2); stroke-dasharray: 7 3; }
        line.s3, path.line.s3 { stroke: var(--s3); stroke-dasharray: 2 2.5; }
        line.s4, path.line.s4 { stroke: var(--s4); stroke-dasharray: 8 2.5 2 2.5; }
        .mark.s1, .bar.s1, text.s1 { fill: var(--s1); }
        .mark.s2, .bar.s2, text.s2 { fill: var(--s2); }
        .mark.s3, .bar.s3, text.s3 { fill: var(--s3); }
        .mark.s4, .bar.s4, text.s4 { fill: var(--s4); }
        details { margin: 1rem 0 0; }
        summary { cursor: pointer; color: var(--soft); font-size: .9rem; width: fit-content; }
        .scroll { overflow: auto; margin: .75rem 0 1.25rem; }
        details .scroll { max-height: 32rem; }
        table { border-collapse: collapse; font-size: .85rem; }
        caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
        th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line); font-weight: 400;
          vertical-align: top; }
        td.number, th.number { text-align: right; white-space: nowrap; }
        thead th { color: var(--soft); vertical-align: bottom; }
        thead th.number { white-space: normal; min-width: 4.2rem; }
        dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: .25rem 1.5rem; }
        dt { color: var(--soft); }
        dd { margin: 0; min-width: 0; }
        code { font: .9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
        code span { display: inline-block; max-width: 100%; }
        footer { color: var(--soft); font-size: .85rem; padding-bottom: 3rem; }
        @media print {
          :root { color-scheme: light; --paper: #fff; --ink: #1a1a1f; --soft: #54545e; --line: #e2e2e7; --axis: #8a8a94;
            --s1: #0a5ba3; --s2: #a24a00; --s3: #5b5b66; --s4: #00705a; --warn: #a3121f; --warn-paper: #fff; }
          @page { margin: 15mm; }
          body { font-size: 9.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
          header, main, nav, footer { max-width: none; padding-left: 0; padding-right: 0; }
          .skip { display: none; }
          .target + .target, #measured { break-before: page; }
          h2 { margin-top: 2rem; } h3 { margin-top: 1.5rem; } figure { margin-top: 1.25rem; }
          h1, h2, h3, h4, figcaption, .row-title, summary { break-after: avoid; }
          .charts, .row, .panel, tr { break-inside: avoid; }
          .panels { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .6rem 1.6rem; }
          details::details-content { display: block; content-visibility: visible; block-size: auto; }
          summary { list-style: none; }
          details .scroll { overflow: visible; max-height: none; }
          table { font-size: 7.5pt; }
          th, td { padding: .05rem .7em .05rem 0; line-height: 1.3; }
          thead th.number { min-width: 0; }
          .wide table { font-size: 5.5pt; }
        }
        """
}
