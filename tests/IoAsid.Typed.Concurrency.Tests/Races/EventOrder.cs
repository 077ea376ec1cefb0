using System.Collections.Concurrent;

namespace IoAsid.Typed.Concurrency.Tests.Races;

/// <summary>A check of each event against the previous event of the same number: <c>Allocated (Bound Unbound)* [Bound] Freed Reclaimed</c>.</summary>
internal sealed class EventOrder(Hammer hammer)
{
    private readonly ConcurrentDictionary<RawIoAsid, (IoAsidEventKind Kind, uint Generation)> _last = new();

    public void Check(IoAsidEvent edge)
    {
        bool known = _last.TryGetValue(edge.Id, out (IoAsidEventKind Kind, uint Generation) last);
        bool follows = edge.Kind switch
        {
            IoAsidEventKind.Allocated => !known || (last.Kind == IoAsidEventKind.Reclaimed && edge.Generation == last.Generation + 1),
            IoAsidEventKind.Bound => last.Kind is IoAsidEventKind.Allocated or IoAsidEventKind.Unbound,
            IoAsidEventKind.Unbound => last.Kind == IoAsidEventKind.Bound,
            IoAsidEventKind.Freed => last.Kind is IoAsidEventKind.Allocated or IoAsidEventKind.Bound or IoAsidEventKind.Unbound,
            _ => last.Kind == IoAsidEventKind.Freed,
        };
        hammer.Expect(follows && (edge.Kind == IoAsidEventKind.Allocated || edge.Generation == last.Generation), $"{edge} after {last}.");
        hammer.Expect(
            known ? _last.TryUpdate(edge.Id, (edge.Kind, edge.Generation), last) : _last.TryAdd(edge.Id, (edge.Kind, edge.Generation)),
            "Two threads reported events of one number at the same time.");
    }

    public void AssertAllReclaimed() => Assert.All(_last.Values, last => Assert.Equal(IoAsidEventKind.Reclaimed, last.Kind));
}
