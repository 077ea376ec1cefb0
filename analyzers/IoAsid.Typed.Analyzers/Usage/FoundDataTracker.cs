using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace IoAsid.Typed.Analyzers;

/// <summary>IOASID2004: follows the data that a lookup found to where it is stored, captured by an escaping lambda, or read after a wait.</summary>
/// <param name="graph">The function.</param>
/// <param name="lookup">The lookup in the graph.</param>
/// <param name="body">The whole body, with the lambdas that may capture the data.</param>
/// <param name="lastUse">The last block in which the data can be used.</param>
/// <param name="sdk">The SDK's types.</param>
internal sealed class FoundDataTracker(FlowGraph graph, IdCall lookup, Body body, int lastUse, SdkSymbols sdk)
    : LookupTracker(graph, lookup.Call, isFound: true, sdk)
{
    /// <summary>The function waited since the lookup.</summary>
    private const int Waited = 1;

    /// <summary>Control came to the lookup again, which found other data.</summary>
    private const int FoundAgain = 2;

    private readonly Dictionary<SyntaxNode, UnheldUse> _uses = [];
    private readonly HashSet<ILocalSymbol> _locals = new(SymbolEqualityComparer.Default);

    public override bool FollowsExceptions => true;

    public override int LastBlock => lastUse;

    /// <summary>The uses that outlive the lookup, in the order in which they were found.</summary>
    public IEnumerable<UnheldUse> Uses => _uses.Values;

    /// <summary>The locals that have held the data.</summary>
    public IEnumerable<ILocalSymbol> Locals => _locals;

    /// <summary>Returns the path right after the lookup; null if it gives the data to a place that is not followed.</summary>
    public FlowPath? Start(Facts facts)
    {
        if (!GivesOut)
            return new FlowPath(default, facts);

        if (GivenOutTo is not { } place)
            return null;

        IOperation target = Graph.Target(place);
        NoteStore(place, target);
        if (Slot.Of(target) is not { } slot || BitFor(slot) is not (not 0 and var bit))
            return null;

        string word = Graph.WordOf(slot);
        return new FlowPath(new Standing(0, bit), facts.Without(word).With(word, Known.NotNull));
    }

    public override FlowPath? Step(FlowPath path, IOperation operation)
    {
        if (operation == lookup.Call)
            return path.Standing.Names == 0 ? null : path.In(path.Standing.Phase | FoundAgain);

        if (Ways.IsWait(operation))
            return path.Standing.Names == 0 ? null : path.In(path.Standing.Phase | Waited);

        foreach ((IOperation target, IOperation value) in Ways.StoresOf(operation, Graph))
        {
            if (Ways.ElementsOf(value).FirstOrDefault(element => Carries(path, element)) is { } stored)
                NoteStore(stored, target);
        }

        if (operation is ILocalReferenceOperation { IsDeclaration: false } read && Is(path, Waited) && Carries(path, read) && UsesData(read))
            Note(read.Syntax, $"is read as '{read.Local.Name}' after a wait", isKept: false);

        // Without a name the data ends with its statement.
        return operation.Parent is null && path.Standing.Names == 0 && !HasName(path, operation) ? null : path;
    }

    /// <summary>Returns the path on which an operation throws. A wait throws after the wait.</summary>
    public override FlowPath? Interrupted(FlowPath path, IOperation operation) =>
        path.Standing.Names == 0 ? null : Ways.IsWait(operation) ? path.In(path.Standing.Phase | Waited) : path;

    public override ulong? NamesAfter(FlowPath path, ulong names, Write write)
    {
        if (!Carries(path, write.Value))
            return base.NamesAfter(path, names, write);

        return names | BitFor(write.Slot);
    }

    protected override bool IsCurrent(FlowPath path) => !Is(path, FoundAgain);

    private static bool Is(FlowPath path, int flag) => (path.Standing.Phase & flag) != 0;

    private bool HasName(FlowPath path, IOperation operation) => Write.Of(operation, Graph).Any(write => Carries(path, write.Value));

    /// <summary>Returns the bit of a slot. A lambda that only reads a local leaves the data in it. One that writes the local may have written anything.</summary>
    private ulong BitFor(Slot slot)
    {
        if (slot.Symbol is not ILocalSymbol local)
            return Graph.Owns(slot) ? Names.BitFor(slot) : 0;

        if (local.IsRef || (!Graph.Owns(slot) && IsWrittenByLambda(local)))
            return 0;

        if (_locals.Add(local))
            NoteCapture(local);

        return Names.BitFor(slot);
    }

    private bool IsWrittenByLambda(ILocalSymbol local) =>
        body.ReferencesTo(local).Any(reference => Ways.IsWritten(reference) && EscapingLambda.IsInside(reference, local));

    private void NoteCapture(ILocalSymbol local)
    {
        foreach (IOperation reference in body.ReferencesTo(local))
        {
            if (reference is not ILocalReferenceOperation || Ways.IsWritten(reference) || EscapingLambda.Around(reference, local) is not { } escape)
                continue;

            Note(reference.Syntax, $"is captured as '{local.Name}' by a lambda that {escape}", isKept: true);
            return;
        }
    }

    private void NoteStore(IOperation value, IOperation target)
    {
        if (StoredData.Outlives(target, Graph))
            Note(value.Syntax, $"is stored in '{StoredData.NameOf(target)}'", isKept: true);
    }

    private void Note(SyntaxNode place, string wording, bool isKept)
    {
        if (!_uses.ContainsKey(place))
            _uses.Add(place, new UnheldUse(place, wording, isKept));
    }

    /// <summary>Returns true if a read uses the data. A test for null does not, and of a lookup only the data matters.</summary>
    private bool UsesData(IOperation read) => read.Parent switch
    {
        _ when !CallStack.HasRoom() => false,
        _ when Ways.IsOnlyWritten(read) => false,
        IConversionOperation conversion => UsesData(conversion),
        { } test when Ways.IsNullTest(test) => false,
        var parent when Sdk.Lookup.Is(read.Type) => parent is IPropertyReferenceOperation { Property.Name: "Data" },
        _ => true,
    };
}
