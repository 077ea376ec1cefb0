using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>The translation tables of a unit as they are in memory now. A lookup caches nothing and changes nothing. It records the words that it reads.</summary>
internal sealed class CurrentTables : IUnitObserver
{
    private readonly VtdUnit _unit;
    private readonly UnitObservers _observers = new();
    private readonly Translator _translator;
    private readonly List<ulong> _words = [];

    // The search of a table. The words that it reads after it has found the table are not recorded.
    private TableSearch? _search;

    public CurrentTables(VtdUnit unit)
    {
        _unit = unit;
        _observers.AddPermanently(this);
        UnitOptions options = unit.Options with { Caching = false };
        TableMemory memory = new(unit.Parts.Memory, _observers);
        _translator = new Translator(options, memory, new UnitCaches(contextCapacity: 4, iotlbCapacity: 4, structureCapacity: 0));
    }

    /// <summary>The addresses of the words that the last lookup has read.</summary>
    public ReadOnlySpan<ulong> Words => CollectionsMarshal.AsSpan(_words);

    /// <summary>Translates a request.</summary>
    public Translation Translate(in TranslationQuery query)
    {
        Begin();
        return _translator.Peek(query);
    }

    /// <summary>Returns the address of a PASID entry and its present bit; null if the tables lead to no entry.</summary>
    public (ulong Address, bool Present)? FindPasidEntry(RequesterId requester, Pasid pasid)
    {
        Begin();
        ref readonly ScalableContextEntry context = ref _translator.FindContext(requester, out FaultReason fault, out _);
        if (fault != FaultReason.None)
            return null;
        int before = _words.Count;
        _ = _translator.FindAddressSpace(requester, context, pasid, out fault, out _);

        // The first word is of the directory, the second of the entry.
        return _words.Count >= before + 2 ? (_words[before + 1], fault != FaultReason.PasidEntryNotPresent) : null;
    }

    /// <summary>Returns the table that an upper-level entry refers to now, and the rights of the entries on the path to it.</summary>
    /// <remarks>The recorded words are those of the entries down to the level.</remarks>
    public (ulong? Table, EntryRights Rights) FindTable(in StructureUse use)
    {
        Begin();
        TableSearch search = new(use.IsFirstStage, use.Structure.Level);
        TableMemory memory = new(_unit.Parts.Memory, _observers, search);
        SecondStageWalk secondStage = new(memory, structures: null, _unit.Options.Capabilities);
        _search = search;
        if (use.IsFirstStage)
            new FirstStageWalk(memory, secondStage, structures: null, _unit.Options.Capabilities).Walk(use.Space, use.Input, WalkDemand.Peek, out _);
        else
            secondStage.Walk(use.Space, use.Input, WalkDemand.Peek, out _);
        _search = null;

        // The last word is in the table itself.
        if (search.Table is not null)
            _words.RemoveAt(_words.Count - 1);
        return (search.Table, search.Rights);
    }

    void IUnitObserver.TableAccessing(TableAccess access)
    {
        if (_search?.Table is not null)
            return;
        for (int offset = 0; offset < access.Size; offset += sizeof(ulong))
            _words.Add(access.Address + (ulong)offset);
    }

    private void Begin()
    {
        _words.Clear();
        _translator.Root = _unit.Parts.Translator.Root;
        _translator.IsEnabled = _unit.Parts.Translator.IsEnabled;
    }
}
