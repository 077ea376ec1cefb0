using IoAsid.Typed;
using IoAsid.Typed.Linux;

namespace UserPageRequests;

/// <summary>A guest on Linux: a window of addresses, whose pages are mapped when the device requests them.</summary>
internal sealed class IommufdGuest : Guest, IDisposable
{
    /// <summary>The first address of the window.</summary>
    public const ulong Window = 0x4000_0000;

    /// <summary>The number of pages of the window.</summary>
    public const int Pages = 16;

    private const int PageSize = 4096;

    private readonly Ioas _ioas;
    private readonly PagingHwpt _table;
    private readonly DmaMemory _memory = DmaMemory.Allocate(Pages * PageSize);
    private readonly IoasMapping[] _mappings = new IoasMapping[Pages];

    public IommufdGuest(VfioDevice device, FaultQueue queue, IoAsidSet<Guest> guests, string name)
        : base(name)
    {
        _ioas = device.Owner.AllocateIoas();
        _table = device.AllocateHwpt(_ioas, new HwptOptions { TakesPasids = true, FaultQueue = queue });
        Id = guests.CreateSubset<IommufdGuest>(name, owner: this, quota: 1).Allocate(this);
        Attachment = device.Attach(Id, _table);
    }

    public IoAsidHandle<IommufdGuest> Id { get; }

    public IommufdPasidAttachment Attachment { get; }

    public override ValueTask<bool> TryBringInAsync(ulong address)
    {
        if (address < Window || address >= Window + Pages * PageSize)
            return new(false);

        int page = (int)((address - Window) / PageSize);
        if (!_mappings[page].IsMapped)
            _mappings[page] = _ioas.MapPart(_memory, page * PageSize, PageSize, Window + (ulong)(page * PageSize), DmaRights.ReadWrite);
        return new(true);
    }

    public void Dispose()
    {
        Id.Free();
        Attachment.Dispose();
        _table.Dispose();
        _ioas.Dispose();
        _memory.Dispose();
    }
}
