using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace Samples;

/// <summary>The tables that lead from the requester id of one device through its PASIDs to page tables.</summary>
public sealed class PasidTables
{
    private readonly TablePages _pages;
    private readonly ulong _pasidTable;

    // The bus selects the entry of the root table, device and function that of the context table, the PASID those of the directory and the PASID table.
    public PasidTables(TablePages pages, RequesterId device)
    {
        _pages = pages;
        Root = pages.Allocate();
        _pasidTable = pages.Allocate();
        ulong contexts = pages.Allocate();
        ulong directory = pages.Allocate();
        pages.Write(Root + device.Bus * 16UL, new ScalableRootEntry { LowerPresent = true, LowerContextTable = contexts }.Bits);
        pages.Write(contexts + device.DeviceFunction * 32UL, new ScalableContextEntry
        {
            Present = true,
            DeviceTlbEnable = true,
            PasidEnable = true,
            PageRequestEnable = true,
            PasidDirectory = directory,
        }.Bits);
        pages.Write(directory, new PasidDirectoryEntry { Present = true, PasidTable = _pasidTable }.Bits);
    }

    /// <summary>The address of the root table.</summary>
    public ulong Root { get; }

    /// <summary>Returns the place in memory of the entry of a PASID below 64. These are in the first table.</summary>
    public ulong PlaceOf(Pasid pasid) => _pages.PlaceOf(EntryAddressOf(pasid));

    /// <summary>Writes the entry of a PASID below 64.</summary>
    public void Write(Pasid pasid, PasidEntry entry) => _pages.Write(EntryAddressOf(pasid), entry.Bits);

    /// <summary>Writes the entry of a PASID with a first stage.</summary>
    public void Write(Pasid pasid, DomainId domainId, PageTables tables) => Write(pasid, new PasidEntry
    {
        Present = true,
        GrantType = PasidGrantType.FirstStage,
        DomainId = domainId,
        FirstStageTable = tables.Top,
        PageWalkSnoop = true,
    });

    private ulong EntryAddressOf(Pasid pasid) => _pasidTable + (ulong)PasidEntry.IndexOf(pasid) * 64;
}
