// Memory that is taken and never given back: whoever needs something again keeps it.

const PAGE: usize = 65_536;

let top: usize = (__heap_base + 15) & ~15;

/** So many bytes of zeros, aligned: memory that nobody had before is zero. */
export function take(bytes: usize): usize {
  const at = top;
  top = (at + bytes + 15) & ~15;
  const missing = <isize> top - <isize> (<usize> memory.size() * PAGE);
  if (missing > 0 && memory.grow(<i32> ((<usize> missing + PAGE - 1) / PAGE)) < 0) unreachable();
  return at;
}
