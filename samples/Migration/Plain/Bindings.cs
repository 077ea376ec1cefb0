namespace Migration.Plain;

/// <summary>The data of a PASID of shared virtual addressing.</summary>
public abstract class SvaBinding
{
    /// <summary>The number of page requests that were served.</summary>
    public int Served { get; private set; }

    /// <summary>Maps the page of a request.</summary>
    public string Serve(ulong address)
    {
        Served++;
        return Map(address);
    }

    protected abstract string Map(ulong address);
}

/// <summary>The memory of a process of this machine.</summary>
public sealed class NativeSvaBinding(string process) : SvaBinding
{
    protected override string Map(ulong address) => $"page {address:x} mapped from {process}";
}

/// <summary>The memory of a process inside a virtual machine.</summary>
public sealed class GuestSvaBinding(string machine) : SvaBinding
{
    public string Machine => machine;

    protected override string Map(ulong address) => $"page {address:x} passed on to {machine}";
}

/// <summary>The data of a PASID of an auxiliary domain: a structure of the IOMMU driver.</summary>
public sealed record AuxiliaryDomain(string Name);

/// <summary>A transfer of a device.</summary>
public sealed record Transfer(string Name);
