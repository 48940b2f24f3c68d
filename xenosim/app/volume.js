// A tumor of voxels: turned, cut and painted on a canvas in two dimensions, without a graphics card.
const FACES = { x: [2, 1], y: [1, -1], z: [0, 1] }; // axis of (z, y, x), and the side cut away
const HEAD_ON = { x: [Math.PI / 2, 0], y: [0, 0], z: [0, Math.PI / 2] };
const LIGHT = [-0.38, 0.47, 0.8];
const STEP = Math.PI / 24;

function unpacked(buffer) {
  const bytes = new Uint8Array(buffer);
  const end = bytes.indexOf(10);
  const about = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  const colors = about.palette.map((hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16)));
  return { ...about, colors, codes: bytes.subarray(end + 1) };
}

// Voxels of which a side is free: place, color and the direction in which they are free.
function shell(tumor, axis, share, alone) {
  const [nz, ny, nx] = tumor.shape;
  const [along, side] = FACES[axis];
  const n = tumor.shape[along];
  const last = Math.max(0, Math.ceil(share * n) - 1);
  const kept = (c) => {
    const depth = side > 0 ? c[along] : n - 1 - c[along];
    return alone ? depth === last : depth <= last;
  };
  const full = (z, y, x) =>
    z >= 0 && y >= 0 && x >= 0 && z < nz && y < ny && x < nx &&
    tumor.codes[(z * ny + y) * nx + x] > 0 && kept([z, y, x]);
  const found = [];
  for (let z = 0; z < nz; z++)
    for (let y = 0; y < ny; y++)
      for (let x = 0; x < nx; x++) {
        if (!full(z, y, x)) continue;
        if (
          full(z - 1, y, x) && full(z + 1, y, x) && full(z, y - 1, x) &&
          full(z, y + 1, x) && full(z, y, x - 1) && full(z, y, x + 1)
        ) continue;
        const normal = freedom(full, z, y, x);
        const depth = side > 0 ? [z, y, x][along] : n - 1 - [z, y, x][along];
        if (depth === last) {
          normal.fill(0);
          normal[2 - along] = side;
        }
        found.push(
          x - (nx - 1) / 2, y - (ny - 1) / 2, z - (nz - 1) / 2,
          tumor.codes[(z * ny + y) * nx + x] - 1, ...normal,
        );
      }
  return new Float32Array(found);
}

function freedom(full, z, y, x) {
  let a = 0, b = 0, c = 0;
  for (let i = -2; i <= 2; i++)
    for (let j = -2; j <= 2; j++)
      for (let k = -2; k <= 2; k++)
        if (!full(z + i, y + j, x + k)) {
          a += k; b += j; c += i;
        }
  const length = Math.hypot(a, b, c) || 1;
  return [a / length, b / length, c / length];
}

function paintShell(context, points, tumor, view) {
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer).fill(0xffffffff);
  const near = new Float32Array(width * height).fill(-1e9);
  const scale = (0.48 * Math.min(width, height) * view.zoom * tumor.spacing_mm) / tumor.radius_mm;
  const edge = Math.max(1, Math.ceil(1.35 * scale)), half = edge >> 1;
  const [ca, sa, cp, sp] = [Math.cos(view.yaw), Math.sin(view.yaw), Math.cos(view.pitch), Math.sin(view.pitch)];
  for (let k = 0; k < points.length; k += 7) {
    const turned = (x, y, z) => {
      const right = x * ca + y * sa, away = -x * sa + y * ca;
      return [right, away * sp + z * cp, z * sp - away * cp];
    };
    const [right, up, depth] = turned(points[k], points[k + 1], points[k + 2]);
    const [nr, nu, nd] = turned(points[k + 4], points[k + 5], points[k + 6]);
    const lit = view.flat ? 1 : 0.5 + 0.5 * Math.max(0, nr * LIGHT[0] + nu * LIGHT[1] + nd * LIGHT[2]);
    const [red, green, blue] = tumor.colors[points[k + 3]];
    const color = (255 << 24) | ((blue * lit) << 16) | ((green * lit) << 8) | (red * lit);
    const left = Math.round(width / 2 + right * scale) - half;
    const top = Math.round(height / 2 - up * scale) - half;
    for (let v = Math.max(0, top); v < Math.min(height, top + edge); v++)
      for (let u = Math.max(0, left); u < Math.min(width, left + edge); u++)
        if (depth > near[v * width + u]) {
          near[v * width + u] = depth;
          pixels[v * width + u] = color;
        }
  }
  context.putImageData(image, 0, 0);
  return (0.48 * Math.min(width, height) * view.zoom) / tumor.radius_mm;
}

function scaleBar(context, perMm, text) {
  const aim = context.canvas.width / 4 / perMm;
  const power = 10 ** Math.floor(Math.log10(aim));
  const length = [5, 2, 1].map((step) => step * power).find((value) => value <= aim);
  context.fillStyle = "#222222";
  context.font = "13px sans-serif";
  context.fillRect(16, context.canvas.height - 16, length * perMm, 3);
  context.fillText(`${Number(length.toPrecision(1))} mm`, 16, context.canvas.height - 22);
  context.textAlign = "right";
  context.fillText(text, context.canvas.width - 12, context.canvas.height - 12);
  context.textAlign = "left";
}

export default {
  template: `
  <div class="flex flex-row flex-wrap gap-4 items-start">
    <canvas ref="canvas" width="560" height="460" tabindex="0" role="img" :aria-label="said"
      class="border max-w-full" style="touch-action: none; cursor: grab"
      @pointerdown="grab" @pointermove="drag" @wheel.prevent="wheel" @keydown="key"></canvas>
    <div class="flex flex-col gap-3 text-sm w-80">
      <label>day {{ days[place] }}
        <input type="range" class="w-full" min="0" :max="days.length - 1" v-model.number="place"
          :aria-valuetext="'day ' + days[place]" aria-label="day"></label>
      <button type="button" class="border rounded px-3 py-1 w-32" @click="play">
        {{ playing ? "Stop" : "Play the days" }}</button>
      <label>color by
        <select v-model="field" class="border rounded px-2 py-1" aria-label="color by">
          <option v-for="name in fields" :value="name">{{ name }}</option></select></label>
      <label>cut at right angles to
        <select v-model="axis" class="border rounded px-2 py-1" aria-label="axis of the cut">
          <option>x</option><option>y</option><option>z</option></select></label>
      <label>left of it {{ Math.round(share) }} %
        <input type="range" class="w-full" min="2" max="100" step="2" v-model.number="share"
          aria-label="share of the tumor that is left"></label>
      <label><input type="checkbox" v-model="alone"> the section alone, seen head-on</label>
      <ul class="m-0 p-0 list-none flex flex-wrap gap-x-4 gap-y-1">
        <li v-for="[name, color] in legend">
          <span class="inline-block w-3 h-3 border mr-1" :style="{ background: color }"></span>{{ name }}</li></ul>
      <p class="m-0 text-xs text-gray-600">Drag to turn, the wheel comes nearer; on the keyboard
        arrows, + and -, Home. {{ trouble }}</p>
    </div>
  </div>`,
  props: { days: Array, address: String, label: String },
  data() {
    return {
      place: 0, field: "state", fields: ["state"], axis: "y", share: 50, alone: false,
      yaw: 0.6, pitch: 0.45, zoom: 1, legend: [], playing: null, trouble: "",
    };
  },
  computed: {
    said() {
      const part = this.alone ? "one section" : `${Math.round(this.share)} % of it`;
      return `${this.label}, day ${this.days[this.place]}, colored by ${this.field}: ${part}`;
    },
  },
  watch: {
    days() { this.load(); },
    place() { this.load(); },
    field() { this.load(); },
    axis() { this.shape(); },
    share() { this.shape(); },
    alone() { this.shape(); },
  },
  mounted() { this.load(); },
  unmounted() { clearInterval(this.playing); },
  methods: {
    async load() {
      const asked = `${this.address}/${this.field}/${this.days[this.place]}`;
      this.asked = asked;
      try {
        const answer = await fetch(asked);
        if (!answer.ok) throw new Error(await answer.text());
        const tumor = unpacked(await answer.arrayBuffer());
        if (this.asked !== asked) return;
        this.tumor = tumor;
        this.fields = tumor.fields;
        this.legend = tumor.key;
        this.trouble = "";
        this.shape();
      } catch (error) {
        this.trouble = `Not shown: ${error.message}`;
      }
    },
    shape() {
      if (!this.tumor) return;
      this.points = shell(this.tumor, this.axis, this.share / 100, this.alone);
      this.draw();
    },
    draw() {
      if (this.waiting || !this.points) return;
      this.waiting = requestAnimationFrame(() => {
        this.waiting = null;
        if (!this.$refs.canvas) return;
        const context = this.$refs.canvas.getContext("2d");
        const [yaw, pitch] = this.alone ? HEAD_ON[this.axis] : [this.yaw, this.pitch];
        const view = { yaw, pitch, zoom: this.zoom, flat: this.alone };
        const perMm = paintShell(context, this.points, this.tumor, view);
        scaleBar(context, perMm, `SIMULATED · day ${this.days[this.place]} · ${this.field}`);
      });
    },
    turn(right, up) {
      this.yaw += right;
      this.pitch = Math.max(-1.5, Math.min(1.5, this.pitch + up));
      this.draw();
    },
    nearer(factor) {
      this.zoom = Math.max(0.3, Math.min(8, this.zoom * factor));
      this.draw();
    },
    grab(event) {
      this.held = [event.clientX, event.clientY];
      event.target.setPointerCapture(event.pointerId);
    },
    drag(event) {
      if (!event.buttons || !this.held) return;
      this.turn((event.clientX - this.held[0]) / 120, (event.clientY - this.held[1]) / 120);
      this.held = [event.clientX, event.clientY];
    },
    wheel(event) { this.nearer(event.deltaY < 0 ? 1.1 : 1 / 1.1); },
    key(event) {
      const moves = {
        ArrowLeft: () => this.turn(-STEP, 0), ArrowRight: () => this.turn(STEP, 0),
        ArrowUp: () => this.turn(0, -STEP), ArrowDown: () => this.turn(0, STEP),
        "+": () => this.nearer(1.1), "-": () => this.nearer(1 / 1.1),
        Home: () => { this.yaw = 0.6; this.pitch = 0.45; this.zoom = 1; this.draw(); },
      };
      if (!moves[event.key]) return;
      event.preventDefault();
      moves[event.key]();
    },
    play() {
      if (this.playing) {
        clearInterval(this.playing);
        this.playing = null;
        return;
      }
      this.playing = setInterval(() => { this.place = (this.place + 1) % this.days.length; }, 700);
    },
  },
};
