using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>
/// IOASID2002: follows the handle, hold or reference of a local or parameter, and records the members that are used where it has ended and
/// which where it may be alive.
/// </summary>
/// <param name="graph">The function.</param>
/// <param name="slot">The local or parameter.</param>
/// <param name="lastUse">The last block with a use that may be of the slot.</param>
/// <param name="members">The members that matter.</param>
internal sealed class AfterEndTracker(FlowGraph graph, Slot slot, int lastUse, LifetimeMembers members) : Tracker(graph)
{
    /// <summary>The phase after a free or release.</summary>
    private const int Ended = 1;

    private readonly HashSet<IOperation> _usedAlive = [];
    private readonly Dictionary<IOperation, IOperation> _usedAfter = [];

    // What ended it last, for the message only.
    private IOperation? _end;

    public override bool FollowsExceptions => true;

    public override bool TrustsMemory => false;

    /// <summary>Returns the places where the slot is used after an end on every path, with that end. A use whose exception is caught is intended.</summary>
    public IEnumerable<(FlowSite Use, IOperation End)> Uses(IEnumerable<FlowSite> sites) =>
        _usedAfter.Count == 0
            ? []
            : sites
                .Where(site => _usedAfter.ContainsKey(site.Operation) && !_usedAlive.Contains(site.Operation) && !ExpectedException.IsCaughtAround(site.Block, Graph))
                .Select(site => (site, _usedAfter[site.Operation]));

    public override int LastBlock => lastUse;

    /// <summary>Returns the path on which the slot has got its value.</summary>
    public FlowPath Start() => new(new Standing(0, Names.BitFor(slot) | NameOf(Graph.Definitions.ValueOf(slot))), Facts.None);

    public override FlowPath? Step(FlowPath path, IOperation operation)
    {
        if (HasEnd(operation, members) is { } ended && Carries(path, ended))
        {
            _end = operation;
            return path.In(Ended);
        }

        if (EndedUse.Of(operation, members.Sdk) is { } used)
            Note(path, operation, used);
        else if (path.Standing.Phase == Ended && IsShared && Ways.MethodRunBy(operation) is { } method && !members.IsOfSdk(method))
            return path.In(0);

        foreach (Write write in Write.Of(operation, Graph))
        {
            if (write.Slot.Equals(slot) && !Carries(path, write.Value))
                return path.In(0).Named(Names.BitFor(slot) | NameOf(write.Value));
        }

        return path;
    }

    /// <summary>Returns the path on which an operation throws. A free and a release never throw.</summary>
    public override FlowPath? Interrupted(FlowPath path, IOperation operation) => HasEnd(operation, members) is null ? path : null;

    public override Known? ValueOf(FlowPath path, IOperation expression) =>
        path.Standing.Phase == Ended && Slot.Of(expression) is not null && Carries(path, expression) ? Known.Ended : null;

    public override ulong? NamesAfter(FlowPath path, ulong names, Write write) => write.Slot.Equals(slot) ? names : base.NamesAfter(path, names, write) ?? names;

    /// <summary>Gets a value indicating whether the caller has the variable too, so that called code may write it.</summary>
    private bool IsShared => slot.Symbol is IParameterSymbol { RefKind: RefKind.Ref };

    /// <summary>Returns the value that an operation frees or releases, or null.</summary>
    public static IOperation? HasEnd(IOperation operation, LifetimeMembers members) =>
        members.Of(operation) is LifetimeAction.Free or LifetimeAction.Release ? ((IInvocationOperation)operation).Instance : null;

    /// <summary>Returns the name from which the slot gets its value, so that both have the same value.</summary>
    private ulong NameOf(IOperation? value) => Slot.Of(Unconverted.Of(value)) is { } source && Graph.Owns(source) ? Names.BitFor(source) : 0;

    private void Note(FlowPath path, IOperation operation, IOperation used)
    {
        if (path.Standing.Phase == Ended && Carries(path, used))
            _usedAfter[operation] = _end!;
        else if (Slot.Of(used) is not { } name || path.Facts[Graph.WordOf(name)]?.IsNull != true)
            _usedAlive.Add(operation);
    }
}
