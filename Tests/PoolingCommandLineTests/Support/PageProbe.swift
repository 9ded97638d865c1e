import Foundation
import Testing

@testable import PoolingCommandLine

/// What a browser makes of a page, measured by a script that is added to a copy of it.
struct PageProbe: Codable {
    struct Heading: Codable, Equatable {
        var level: Int
        var text: String
    }

    var isDark: Bool
    /// Of what is to be seen at once.
    var width: Double
    /// Of the whole page, before and after everything that can be opened is open.
    var scrollWidth: Double
    var openScrollWidth: Double
    /// Requests that the page has made.
    var requests: Int
    var headings: [Heading]
    /// The accessible name of each chart.
    var charts: [String]
    /// Texts of charts that reach beyond them.
    var overflows: [String]
    /// Texts of charts that lie on each other.
    var collisions: [String]
    /// Texts that are too weak: what is written, and the contrast.
    var weak: [String]
    var texts: Int
    /// Of each figure its identifier and the texts of its charts.
    var figures: [String: [String]]
    /// Of each table its caption and the texts of its cells, row by row.
    var tables: [String: [[String]]]
    /// Whether each box that scrolls by itself can be reached by the keyboard.
    var boxes: [Bool]
    var landmarks: [String]

    struct Missing: Error {
        var document: String
    }

    /// - Parameter html: the page; what forbids scripts is taken out of the copy.
    ///
    /// In a frame: windows can't be as narrow as a telephone.
    init(of html: String, width: Int = 1280, in browser: Browser = Browser()) async throws {
        let folder = try TestFolder()
        let copy = folder.path("probe.html")
        let text = html.replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "")
            .replacing("</body>", with: "<script>\(Self.script)</script></body>")
        let frame: HTML = """
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><style>:root { color-scheme: light dark }</style></head><body>
            <iframe srcdoc="\(text)" style="border: 0; width: \(width)px; height: 900px"></iframe></body></html>
            """
        try frame.text.write(toFile: copy, atomically: true, encoding: .utf8)
        let document = try await browser.document(of: copy)
        guard let found = document.firstMatch(of: /data-probe="([^"]*)"/) else { throw Missing(document: document) }
        guard let data = Data(base64Encoded: String(found.1)) else { throw Missing(document: String(found.1)) }
        self = try JSONDecoder().decode(PageProbe.self, from: data)
    }

    private static let script = #"""
        addEventListener('load', () => {
        const all = (selector, root = document) => [...root.querySelectorAll(selector)];
        const clean = text => text.replace(/\s+/g, ' ').trim();
        const probe = {
          isDark: matchMedia('(prefers-color-scheme: dark)').matches,
          width: document.documentElement.clientWidth,
          scrollWidth: document.documentElement.scrollWidth,
          requests: performance.getEntriesByType('resource').length,
          headings: all('h1,h2,h3,h4,h5,h6').map(h => ({level: +h.tagName[1], text: clean(h.textContent)})),
          charts: all('svg').map(s => s.getAttribute('role') === 'img' ? (s.getAttribute('aria-label') || '') : ''),
          overflows: [], collisions: [], weak: [], texts: 0, figures: {}, tables: {},
          landmarks: all('header,main,nav,footer').map(e => e.tagName.toLowerCase()),
        };
        for (const svg of all('svg')) {
          const frame = svg.viewBox.baseVal;
          const scale = svg.getBoundingClientRect().width / frame.width;
          const texts = all('text', svg).map(text => ({text: text.textContent, box: text.getBBox(), rect: text.getBoundingClientRect()}));
          for (const {text, box} of texts) {
            if (box.x < -0.5 || box.y < -1.5 || box.x + box.width > frame.width + 0.5 || box.y + box.height > frame.height + 1.5) {
              probe.overflows.push(`${text} in ${svg.getAttribute('aria-label')}`);
            }
          }
          // Letters do not fill the height of their line.
          const spare = 1.5 * scale;
          texts.forEach((a, i) => texts.slice(i + 1).forEach(b => {
            const across = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left);
            const down = Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top);
            if (across > 0 && down > spare) probe.collisions.push(`${a.text} on ${b.text} in ${svg.getAttribute('aria-label')}`);
          }));
        }
        for (const details of all('details')) details.open = true;
        probe.openScrollWidth = document.documentElement.scrollWidth;
        const channels = color => (color.match(/[\d.]+/g) || []).map(Number);
        const luminance = ([r, g, b]) => {
          const [x, y, z] = [r, g, b].map(c => c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
          return 0.2126 * x + 0.7152 * y + 0.0722 * z;
        };
        const paper = element => {
          for (let e = element; e; e = e.parentElement) {
            const color = channels(getComputedStyle(e).backgroundColor);
            if (color.length === 3 || color[3] > 0) return color;
          }
          return [255, 255, 255];
        };
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const node = walker.currentNode, element = node.parentElement;
          if (!node.data.trim() || element.closest('script,style,title')) continue;
          const style = getComputedStyle(element);
          const ink = channels(element.closest('svg') ? style.fill : style.color);
          const [light, dark] = [luminance(ink), luminance(paper(element))].sort((a, b) => b - a);
          const contrast = (light + 0.05) / (dark + 0.05);
          probe.texts += 1;
          if (!(contrast >= 4.5)) probe.weak.push(`${clean(node.data)}: ${contrast.toFixed(2)}`);
        }
        for (const figure of all('figure')) probe.figures[figure.id] = all('svg text', figure).map(t => t.textContent);
        for (const table of all('table')) {
          probe.tables[clean(table.caption ? table.caption.textContent : '')] =
            all('tr', table).map(row => all('th,td', row).map(cell => clean(cell.textContent)));
        }
        probe.boxes = all('.scroll').map(box => box.tabIndex === 0 && !!box.getAttribute('aria-label'));
        const bytes = new TextEncoder().encode(JSON.stringify(probe));
        parent.document.body.dataset.probe = btoa(Array.from(bytes, byte => String.fromCodePoint(byte)).join(''));
        });
        """#
}
