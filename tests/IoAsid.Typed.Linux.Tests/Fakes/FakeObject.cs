using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux.Tests.Fakes;

/// <summary>An object of a fake iommufd. Like the kernel, it counts the objects that use it.</summary>
internal sealed class FakeObject(FakeContext context, string kind, params FakeObject?[] uses)
{
    private readonly FakeObject?[] _uses = uses;

    public FakeContext Context => context;

    public uint Id { get; init; }

    public string Kind => kind;

    public int Users { get; set; }

    public uint Flags { get; init; }

    /// <summary>The fault queue, if the object is a page table with one.</summary>
    public FakeObject? FaultQueue { get; init; }

    /// <summary>The mappings by their first address, if the object is an address space.</summary>
    public SortedDictionary<ulong, (ulong Length, uint Flags)> Mappings { get; } = [];

    /// <summary>The groups that were not read, if the object is a fault queue.</summary>
    public Queue<FakePageRequest> Delivered { get; } = [];

    /// <summary>The groups that were read and have no response, by cookie, if the object is a fault queue.</summary>
    public SortedDictionary<uint, FakePageRequest> Read { get; } = [];

    /// <summary>The bytes that were not read, if the object is an event queue.</summary>
    public Queue<byte> Events { get; } = [];

    public void TakeUses()
    {
        foreach (FakeObject? used in _uses)
        {
            if (used is not null)
                used.Users++;
        }
    }

    public void DropUses()
    {
        foreach (FakeObject? used in _uses)
        {
            if (used is not null)
                used.Users--;
        }
    }

    public override string ToString() => $"{kind} {Id}";
}

/// <summary>A group of page requests in a fake kernel.</summary>
internal sealed record FakePageRequest(FakeDevice Device, Pasid Pasid, uint Group, IReadOnlyList<ulong> Pages)
{
    /// <summary>The response that the device received, or null.</summary>
    public IommufdPageResponse? Answer { get; set; }
}

/// <summary>An open iommufd.</summary>
internal sealed class FakeContext
{
    private uint _last;

    public SortedDictionary<uint, FakeObject> Objects { get; } = [];

    public FakeObject Add(string kind, uint flags, FakeObject? faultQueue, params FakeObject?[] uses)
    {
        FakeObject result = new(this, kind, [.. uses, faultQueue]) { Id = ++_last, Flags = flags, FaultQueue = faultQueue };
        result.TakeUses();
        Objects.Add(result.Id, result);
        return result;
    }
}

/// <summary>A PCI function of the fake kernel that belongs to vfio-pci.</summary>
internal sealed class FakeDevice(string name, int pasidBits)
{
    public string Name => name;

    public int PasidBits => pasidBits;

    public FakeObject? Bound { get; set; }

    /// <summary>The page table of each PASID. PASID 0 stands for requests without PASID.</summary>
    public SortedDictionary<Pasid, FakeObject> Attached { get; } = [];

    /// <summary>Gets or sets a value indicating whether a failed attach has blocked the requests of the device, with any table.</summary>
    public bool IsBlocked { get; set; }

    public byte[] Configuration { get; } = new byte[4096];

    public int[] Interrupts { get; set; } = [];

    public int Resets { get; set; }
}
