using System.Globalization;
using System.Runtime.InteropServices;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>The tables that lead to the pages of a device.</summary>
internal enum TableKind
{
    /// <summary>Legacy mode with a second stage.</summary>
    Legacy,

    /// <summary>Legacy mode without translation.</summary>
    LegacyPassThrough,

    /// <summary>Scalable mode with a second stage.</summary>
    SecondStage,

    /// <summary>Scalable mode with a first stage.</summary>
    FirstStage,

    /// <summary>Scalable mode without translation.</summary>
    PassThrough,
}

/// <summary>A word of a table and its contents.</summary>
/// <param name="Entry">The name of the entry.</param>
/// <param name="Part">The index of the word in the entry.</param>
/// <param name="Address">The address in memory.</param>
/// <param name="Value">The contents.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TableWord(string Entry, int Part, ulong Address, ulong Value);

/// <summary>A change of one bit of a table.</summary>
/// <param name="Word">The index of the word in the tables.</param>
/// <param name="Bit">The bit of the word.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BitChange(int Word, int Bit);

/// <summary>An access of the device.</summary>
/// <param name="Name">The display name.</param>
/// <param name="Address">The address that the device sends.</param>
/// <param name="Target">The address in memory to which complete tables lead.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TableAccess(string Name, ulong Address, ulong Target);

/// <summary>Complete tables for one device, without a driver: pages of 4 KB, 2 MB and 1 GB.</summary>
internal sealed class TableCase
{
    // If one bit of these addresses changes, the result is an address in memory that contains zeros.
    private const ulong Root = 0x511_0000;
    private const ulong Contexts = 0x521_0000;
    private const ulong UpperContexts = 0x530_0000;
    private const ulong Directory = 0x541_0000;
    private const ulong Pasids = 0x550_0000;
    private const ulong Level4 = 0x560_0000;
    private const ulong Level3 = 0x571_0000;
    private const ulong Level2 = 0x581_0000;
    private const ulong Level1 = 0x590_0000;
    private const ulong SmallPage = 0x300_5000;
    private const ulong LargePage = 0x340_0000;
    private const ulong SmallAddress = 0x4000_5000;
    private const ulong LargeAddress = 0x40E0_0000;
    private const ulong HugeAddress = 0x8000_0000;
    private const ulong InHugePage = 0x380_0000;
    private static readonly DomainId s_domain = new(5);

    private readonly TableKind _kind;
    private readonly VtdCapabilities _capabilities;
    private readonly AddressWidth _width;
    private readonly RequesterId _device;
    private readonly List<TableWord> _words = [];
    private readonly int _deviceWords;

    public TableCase(TableKind kind, ITestMachine machine, RequesterId device)
    {
        _kind = kind;
        _capabilities = machine.Capabilities;
        _width = _capabilities.Supports(AddressWidth.Bits48) || !_capabilities.SecondStage ? AddressWidth.Bits48 : AddressWidth.Bits39;
        _device = device;
        AddDeviceTables(machine.NeedsFirstStageAddressWidth);
        _deviceWords = _words.Count;
        if (HasPages)
            AddPagingTables();
    }

    /// <summary>The words of all entries in use, including those that are zero.</summary>
    public IReadOnlyList<TableWord> Words => _words;

    /// <summary>The contents of RTADDR_REG.</summary>
    public ulong RootTableAddress => new RootTableAddressRegister { TableMode = IsLegacy ? TranslationTableMode.Legacy : TranslationTableMode.Scalable, RootTable = Root }.Bits;

    /// <summary>Returns the accesses that changes can affect: one for each size of page, or only one if the changes affect all pages equally.</summary>
    public IEnumerable<TableAccess> AccessesOf(IReadOnlyList<BitChange> changes) =>
        changes.Count > 0 && changes.All(change => change.Word < _deviceWords) ? Accesses.Take(1) : Accesses;

    private IEnumerable<TableAccess> Accesses
    {
        get
        {
            if (!HasPages)
                return [new TableAccess("page", SmallPage + 0x80, SmallPage + 0x80)];
            return HasHugePages
                ? [new("4 KB page", SmallAddress + 0x80, SmallPage + 0x80), new("2 MB page", LargeAddress + 0x3100, LargePage + 0x3100), new("1 GB page", HugeAddress + InHugePage + 0x180, InHugePage + 0x180)]
                : [new("4 KB page", SmallAddress + 0x80, SmallPage + 0x80), new("2 MB page", LargeAddress + 0x3100, LargePage + 0x3100)];
        }
    }

    private bool IsLegacy => _kind is TableKind.Legacy or TableKind.LegacyPassThrough;

    private bool HasPages => _kind is not (TableKind.PassThrough or TableKind.LegacyPassThrough);

    private bool HasHugePages => _kind == TableKind.FirstStage ? _capabilities.OneGigabyteFirstStagePages : _capabilities.SecondStageLargePages >= 2;

    private ulong Top => _width == AddressWidth.Bits48 ? Level4 : Level3;

    /// <summary>Returns the name of a change.</summary>
    public string NameOf(BitChange change)
    {
        TableWord word = WordOf(change);
        return string.Create(CultureInfo.InvariantCulture, $"{word.Entry} bit {word.Part * 64 + change.Bit}");
    }

    public TableWord WordOf(BitChange change) => _words[change.Word];

    private void AddDeviceTables(bool firstStageWidth)
    {
        if (IsLegacy)
        {
            Add("root entry", Root + _device.Bus * 16UL, new RootEntry { Present = true, ContextTable = Contexts }.WriteWords, 2);
            TranslationType type = _kind == TableKind.Legacy ? TranslationType.UntranslatedOnly : TranslationType.PassThrough;
            ContextEntry context = new() { Present = true, TranslationType = type, SecondStageTable = Top, AddressWidth = _width, DomainId = s_domain };
            Add("context entry", Contexts + _device.DeviceFunction * 16UL, context.WriteWords, 2);
            return;
        }

        Add("root entry", Root + _device.Bus * 16UL, new ScalableRootEntry
        {
            LowerPresent = true, LowerContextTable = Contexts, UpperPresent = true, UpperContextTable = UpperContexts,
        }.WriteWords, 2);
        Add("context entry", Contexts + _device.DeviceFunction * 32UL, new ScalableContextEntry { Present = true, PasidDirectory = Directory }.WriteWords, 4);
        Add("PASID directory entry", Directory, new PasidDirectoryEntry { Present = true, PasidTable = Pasids }.WriteWords, 1);
        PasidEntry entry = new() { Present = true, DomainId = s_domain };
        entry = _kind switch
        {
            TableKind.SecondStage => entry with { GrantType = PasidGrantType.SecondStage, SecondStageTable = Top, AddressWidth = _width },
            TableKind.FirstStage => entry with { GrantType = PasidGrantType.FirstStage, FirstStageTable = Level4, AddressWidth = firstStageWidth ? _width : AddressWidth.Invalid },
            _ => entry with { GrantType = PasidGrantType.PassThrough, AddressWidth = _width },
        };
        Add("PASID entry", Pasids, entry.WriteWords, 8);
    }

    private void AddPagingTables()
    {
        if (Top == Level4 || _kind == TableKind.FirstStage)
            AddPaging("PML4 entry", Level4, SmallAddress, level: 4, Level3, isLeaf: false);
        AddPaging("PDPE", Level3, SmallAddress, level: 3, Level2, isLeaf: false);
        AddPaging("PDE", Level2, SmallAddress, level: 2, Level1, isLeaf: false);
        AddPaging("PTE", Level1, SmallAddress, level: 1, SmallPage, isLeaf: true);
        AddPaging("PDE of a page", Level2, LargeAddress, level: 2, LargePage, isLeaf: true);
        if (HasHugePages)
            AddPaging("PDPE of a page", Level3, HugeAddress, level: 3, 0, isLeaf: true);
    }

    private void AddPaging(string name, ulong table, ulong input, int level, ulong output, bool isLeaf)
    {
        ulong place = table + (ulong)TranslationTables.IndexOf(input, level) * sizeof(ulong);
        bool isLarge = isLeaf && level > 1;
        // The units of these tests cannot set A and D.
        if (_kind == TableKind.FirstStage)
            Add(name, place, new FirstStageEntry { Present = true, Writable = true, User = true, PageSize = isLarge, Accessed = true, Dirty = isLeaf, Address = output }.WriteWords, 1);
        else
            Add(name, place, new SecondStageEntry { Read = true, Write = true, PageSize = isLarge, Address = output }.WriteWords, 1);
    }

    private delegate void WordsWriter(Span<ulong> words);

    private void Add(string entry, ulong address, WordsWriter write, int count)
    {
        var words = new ulong[count];
        write(words);
        for (int part = 0; part < count; part++)
            _words.Add(new TableWord(entry, part, address + (ulong)part * sizeof(ulong), words[part]));
    }
}
