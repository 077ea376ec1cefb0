using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Linux.Tests.Fakes;

/// <summary>An object of a fake iommufd, with the count of objects that use it, as the kernel keeps it.</summary>
internal sealed class FakeObject(FakeContext context, string kind, params FakeObject?[] uses)
{
    private readonly FakeObject?[] _uses = uses;

    public FakeContext Context => context;

    public uint Id { get; init; }

    public string Kind => kind;

    public int Users { get; set; }

    public uint Flags { get; init; }

    /// <summary>The fault queue of a page table.</summary>
    public FakeObject? FaultQueue { get; init; }

    /// <summary>Mappings of an address space, by their first address.</summary>
    public SortedDictionary<ulong, (ulong Length, uint Flags)> Mappings { get; } = [];

    /// <summary>Groups of a fault queue that were not read.</summary>
    public Queue<FakePageRequest> Delivered { get; } = [];

    /// <summary>Groups of a fault queue that were read and wait for an answer, by cookie.</summary>
    public SortedDictionary<uint, FakePageRequest> Read { get; } = [];

    /// <summary>Bytes of an event queue.</summary>
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
    /// <summary>The answer that the device got.</summary>
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

    /// <summary>The page table of each PASID; 0 is the device itself.</summary>
    public SortedDictionary<Pasid, FakeObject> Attached { get; } = [];

    /// <summary>Gets a value indicating whether an attach failed: requests are blocked then, independent of the table.</summary>
    public bool IsBlocked { get; set; }

    public byte[] Configuration { get; } = new byte[4096];

    public int[] Interrupts { get; set; } = [];

    public int Resets { get; set; }
}
