namespace Migration.Typed;

/// <summary>What is behind a PASID of shared virtual addressing.</summary>
public abstract class Binding
{
    private protected Binding()
    {
    }

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

/// <summary>The memory of a process.</summary>
public sealed class ProcessBinding(string process) : Binding
{
    protected override string Map(ulong address) => $"page {address:x} mapped from {process}";
}

/// <summary>The memory of a process in a virtual machine.</summary>
public sealed class GuestBinding(string machine) : Binding
{
    public string Machine => machine;

    protected override string Map(ulong address) => $"page {address:x} passed on to {machine}";
}

/// <summary>The driver's own data behind the PASID of an auxiliary domain.</summary>
public sealed class Domain(string device)
{
    public string Device => device;
}

/// <summary>A transfer of a device.</summary>
public sealed class Transfer(string name)
{
    public string Name => name;
}
