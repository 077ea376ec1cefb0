using IoAsid.Typed.Emulation;
using IoAsid.Typed.Hardware;

namespace OwnDevice;

/// <summary>The state of a queue: its registers.</summary>
internal sealed class NicQueue(NicOptions options)
{
    private NicQueueConfiguration _configuration;

    /// <summary>The configuration. Enabling the queue empties its ring.</summary>
    public NicQueueConfiguration Configuration
    {
        get => _configuration;
        set
        {
            if (value.Enabled && !_configuration.Enabled)
                Head = Tail = 0;
            _configuration = value;
        }
    }

    public ulong Ring { get; set; }

    public uint Tail { get; set; }

    public uint Head { get; set; }

    /// <summary>Gets a value indicating whether a descriptor waits in the ring.</summary>
    public bool HasWork => _configuration.Enabled && Head != Tail;

    /// <summary>The address space of the queue. An absent page is requested and awaited.</summary>
    public DmaSpace Space => new(new PasidPrefix(_configuration.Pasid), MayBlock: true);

    /// <summary>The address of the descriptor at the head of the ring.</summary>
    public ulong Slot => Ring + (ulong)(Head % (uint)options.RingEntries * NicDescriptor.SizeInBytes);

    /// <summary>Returns true if the queue uses a PASID.</summary>
    public bool IsOf(Pasid pasid) => _configuration.Enabled && _configuration.Pasid == pasid;

    public void Disable() => _configuration = _configuration with { Enabled = false };

    public void Clear()
    {
        _configuration = default;
        Ring = 0;
        Head = Tail = 0;
    }
}
