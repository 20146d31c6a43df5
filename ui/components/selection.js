// Which photos are chosen together: pure functions from one set of ids to the next.

// All from one id to another, in the order that is shown.
export function between(order, from, to) {
  const [start, end] = [order.indexOf(from), order.indexOf(to)].sort((one, other) => one - other);
  return new Set(start < 0 ? [to] : order.slice(start, end + 1));
}

export function toggled(ids, id) {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}

// As it is sent: of thousands, those that are not in it may be the fewer ones.
export function packed(ids, all) {
  const most = ids.size > all.length / 2;
  return { all: most, ids: most ? all.filter((id) => !ids.has(id)) : [...ids] };
}
