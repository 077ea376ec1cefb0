using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace Samples;

/// <summary>The tables of one device from its requester id over its PASIDs to page tables.</summary>
public sealed class PasidTables
{
    private readonly TablePages _pages;
    private readonly ulong _pasidTable;

    // Root table by bus, context table by device and function, directory and table by PASID.
    public PasidTables(TablePages pages, RequesterId device)
    {
        _pages = pages;
        Root = pages.Take();
        _pasidTable = pages.Take();
        ulong contexts = pages.Take();
        ulong directory = pages.Take();
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

    /// <summary>Writes the entry of a PASID: one of the first 64, which are in the first table.</summary>
    public void Write(Pasid pasid, PasidEntry entry) => _pages.Write(_pasidTable + (ulong)PasidEntry.IndexOf(pasid) * 64, entry.Bits);

    /// <summary>Puts a first stage behind a PASID.</summary>
    public void Write(Pasid pasid, DomainId domainId, PageTables tables) => Write(pasid, new PasidEntry
    {
        Present = true,
        GrantType = PasidGrantType.FirstStage,
        DomainId = domainId,
        FirstStageTable = tables.Top,
        PageWalkSnoop = true,
    });
}
