namespace Migration;

/// <summary>What is behind a PASID of shared virtual addressing.</summary>
public abstract class SvaBinding
{
    private protected SvaBinding()
    {
    }

    /// <summary>Answers a page request.</summary>
    public abstract string Serve();
}

/// <summary>The memory of a process of this machine.</summary>
public sealed class NativeSvaBinding(string process) : SvaBinding
{
    public override string Serve() => $"page mapped from {process}";
}

/// <summary>The memory of a process inside a virtual machine.</summary>
public sealed class GuestSvaBinding(string machine) : SvaBinding
{
    public string Machine => machine;

    public override string Serve() => $"passed on to {machine}";
}

/// <summary>The IOMMU driver's own structure behind a PASID of an auxiliary domain.</summary>
public sealed record AuxiliaryDomain(string Name);
