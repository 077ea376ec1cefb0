using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation;

/// <summary>Looks at the tables as they are now: nothing is cached, nothing is changed, and the words that were read are known afterwards.</summary>
internal sealed class TableLook
{
    private readonly VtdUnit _unit;
    private readonly Translator _translator;
    private readonly List<ulong> _words = [];

    public TableLook(VtdUnit unit)
    {
        _unit = unit;
        UnitOptions options = unit.Options with { Caching = false };
        TableMemory memory = new(unit.Parts.Memory) { BeforeAccess = Note };
        _translator = new Translator(options, memory, new UnitCaches(contextCapacity: 4, iotlbCapacity: 4, structureCapacity: 0));
    }

    /// <summary>The words that the last look has read.</summary>
    public ReadOnlySpan<ulong> Words => CollectionsMarshal.AsSpan(_words);

    /// <summary>What would become of a request.</summary>
    public Translation Translate(in TranslationQuery query)
    {
        Begin();
        return _translator.Peek(query);
    }

    /// <summary>Where the entry of a PASID is, and whether it is present; null if the tables do not lead to one.</summary>
    public (ulong Address, bool Present)? FindPasidEntry(RequesterId requester, Pasid pasid)
    {
        Begin();
        if (_translator.FindContext(requester, out ScalableContextEntry context, out _) != FaultReason.None)
            return null;
        int before = _words.Count;
        FaultReason fault = _translator.FindAddressSpace(requester, context, pasid, out _, out _);

        // The word of the directory, then the entry.
        return _words.Count >= before + 2 ? (_words[before + 1], fault != FaultReason.PasidEntryNotPresent) : null;
    }

    /// <summary>Returns the table that an entry of an upper level refers to now, and the rights that lead to it.</summary>
    /// <remarks>The words of this look are those of the entries down to the level.</remarks>
    public (ulong? Table, EntryRights Rights) FindTable(in StructureUse use)
    {
        Begin();
        StructureLook look = new(use.IsFirstStage, use.Level);
        TableMemory memory = new(_unit.Parts.Memory)
        {
            Witness = look,
            BeforeAccess = access =>
            {
                if (look.Table is null)
                    Note(access);
            },
        };
        SecondStageWalk secondStage = new(memory, structures: null, _unit.Options.Capabilities);
        if (use.IsFirstStage)
            new FirstStageWalk(memory, secondStage, structures: null, _unit.Options.Capabilities).Walk(use.Space, use.Input, WalkDemand.Peek, out _);
        else
            secondStage.Walk(use.Space, use.Input, WalkDemand.Peek, out _);

        // The last word is of the table itself.
        if (look.Table is not null)
            _words.RemoveAt(_words.Count - 1);
        return (look.Table, look.Rights);
    }

    private void Note(TableAccess access)
    {
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
