import cytoscape, { type CollectionReturnValue, type Core, type EventObjectNode } from 'cytoscape';
import type { GraphView } from '../engine/protocol.ts';
import type { Colours } from './colours.ts';
import { elements, LARGE_EDGES } from './elements.ts';
import { style } from './style.ts';

export interface Handlers {
  node(id: string): void;
  edge(id: string): void;
  background(): void;
  /** The pointer is over a node, at this place of the canvas; or over none. */
  hover(id: string | null, x: number, y: number): void;
}

/** Clear of what lies over the canvas at its top and bottom. */
const FIT_PADDING = 50;
/** At this zoom names are as large as the page's text. */
const MAX_FIT_ZOOM = 1.15;
/** Smaller names are only noise. */
const LEAST_NAME_PX = 8;
/** On the screen, for the names of the highest ranked. */
const FIRST_NAME_PX = 12;
/** Below this the name of a small node cannot be read. */
const LEAST_JUMP_ZOOM = 0.5;

/** Cytoscape behind a few verbs. Large graphs get another renderer setup, so the instance may change. */
export class GraphCanvas {
  private cy: Core | null = null;
  private isLarge = false;
  /** The user has moved the graph: new data must not move it back. */
  private isMoved = false;
  private edges = 0;
  private colours: Colours;

  constructor(
    private readonly container: HTMLElement,
    private readonly handlers: Handlers,
    colours: Colours,
  ) {
    this.colours = colours;
  }

  show(view: GraphView): void {
    const isLarge = view.edges.length > LARGE_EDGES;
    const before = this.cy && { zoom: this.cy.zoom(), pan: { ...this.cy.pan() } };
    if (!this.cy || isLarge !== this.isLarge) {
      this.isLarge = isLarge;
      this.cy?.destroy();
      this.cy = this.create();
    }
    const { cy } = this;
    cy.style(style(this.colours, this.isLarge, view.edges.length));
    this.edges = view.edges.length;
    cy.batch(() => {
      cy.elements().remove();
      cy.add(elements(view));
    });
    if (this.isMoved && before) {
      cy.viewport(before);
      this.nameReadable();
    } else this.fit();
  }

  recolour(colours: Colours): void {
    this.colours = colours;
    this.cy?.style(style(colours, this.isLarge, this.edges));
  }

  /** Marks nodes or an edge and what belongs to them; fades the rest. None of them marks nothing. */
  mark(ids: string[]): void {
    const { cy } = this;
    if (!cy) return;
    cy.batch(() => {
      cy.elements().removeClass('chosen near faded');
      const chosen = this.collect(ids);
      if (chosen.empty()) return;
      // Of a node: its edges and what they lead to; of an edge: its ends; of several nodes: what is between them.
      const near =
        ids.length > 1
          ? chosen.union(chosen.edgesWith(chosen))
          : chosen.closedNeighborhood().union(chosen.connectedNodes());
      cy.elements().not(near).addClass('faded');
      near.addClass('near');
      chosen.addClass('chosen');
    });
  }

  private collect(ids: string[]): CollectionReturnValue {
    const all = this.cy?.collection() as CollectionReturnValue;
    return ids.reduce((some, id) => some.union(this.cy?.getElementById(id) ?? all), all);
  }

  has(id: string): boolean {
    return this.cy?.getElementById(id).nonempty() ?? false;
  }

  /** Brings a node and its neighbours, or several nodes, into view, close enough to read a name. */
  jump(ids: string[]): void {
    const { cy } = this;
    if (!cy) return;
    const node = this.collect(ids);
    if (node.empty()) return;
    this.isMoved = true;
    const near = ids.length > 1 ? node : node.closedNeighborhood();
    const { w, h } = near.boundingBox();
    const fitting = Math.min((cy.width() - 2 * FIT_PADDING) / w, (cy.height() - 2 * FIT_PADDING) / h);
    // Of a node with neighbours everywhere, itself matters more than all of them; of several nodes, each.
    const isFitting = ids.length > 1 || fitting >= LEAST_JUMP_ZOOM;
    const zoom = isFitting ? Math.min(fitting, MAX_FIT_ZOOM) : Math.max(cy.zoom(), LEAST_JUMP_ZOOM);
    const eles = isFitting ? near : node;
    cy.stop();
    if (matchMedia('(prefers-reduced-motion: reduce)').matches || this.isLarge) {
      cy.zoom(zoom);
      cy.center(eles);
    } else {
      cy.animate({ zoom, center: { eles } }, { duration: 220 });
    }
  }

  fit(): void {
    const { cy } = this;
    if (!cy) return;
    this.isMoved = false;
    cy.fit(undefined, FIT_PADDING);
    if (cy.zoom() > MAX_FIT_ZOOM) {
      cy.zoom(MAX_FIT_ZOOM);
      cy.center();
    }
    this.nameTheFirst();
  }

  /** However small the whole graph is drawn, the names of its first nodes can be read. */
  private nameTheFirst(): void {
    const { cy } = this;
    if (!cy) return;
    const font = FIRST_NAME_PX / cy.zoom();
    cy.batch(() => {
      for (const node of cy.nodes('.first')) node.data('font', Math.max(node.data('least'), font));
    });
    this.nameReadable();
  }

  /** Cytoscape's own `min-zoomed-font-size` goes by powers of two, and lets names of five pixels through. */
  private nameReadable(): void {
    const { cy } = this;
    if (!cy) return;
    const least = LEAST_NAME_PX / cy.zoom();
    cy.batch(() => {
      for (const node of cy.nodes()) node.toggleClass('unnamed', node.data('font') < least);
    });
  }

  zoomBy(factor: number): void {
    const { cy } = this;
    if (!cy) return;
    this.isMoved = true;
    cy.zoom({
      level: cy.zoom() * factor,
      renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 },
    });
  }

  /** After the box has changed its size. */
  resize(): void {
    if (!this.cy) return;
    this.cy.resize();
    if (!this.isMoved) this.fit();
  }

  destroy(): void {
    this.cy?.destroy();
    this.cy = null;
  }

  private create(): Core {
    const cy = cytoscape({
      container: this.container,
      style: style(this.colours, this.isLarge, this.edges),
      layout: { name: 'preset' },
      minZoom: 0.02,
      maxZoom: 4,
      boxSelectionEnabled: false,
      autounselectify: true,
      textureOnViewport: this.isLarge,
      hideEdgesOnViewport: this.isLarge,
      pixelRatio: this.isLarge ? 1 : 'auto',
    });
    cy.on('tap', 'node', (event) => this.handlers.node(event.target.id()));
    cy.on('tap', 'edge', (event) => this.handlers.edge(event.target.id()));
    cy.on('tap', (event) => {
      if (event.target === cy) this.handlers.background();
    });
    cy.on('mouseover', 'node', (event: EventObjectNode) => {
      const { x, y } = event.target.renderedPosition();
      this.handlers.hover(event.target.id(), x, y);
    });
    cy.on('mouseout', 'node', () => this.handlers.hover(null, 0, 0));
    let frame = 0;
    cy.on('zoom', () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => this.nameReadable());
    });
    cy.on('scrollzoom dragpan pinchzoom', () => {
      this.isMoved = true;
      this.handlers.hover(null, 0, 0);
    });
    return cy;
  }
}
