namespace QuickStart.RunTime;

/// <summary>The data of a PASID of shared virtual addressing: memory that devices may use as a process does.</summary>
public abstract class SvaBinding
{
    private readonly HashSet<RequesterId> _bonds = [];

    private protected SvaBinding()
    {
    }

    /// <summary>Returns true if a device may use the PASID. The PASID alone is not enough: another device may send the same number.</summary>
    public bool HasBond(RequesterId device) => _bonds.Contains(device);

    public void AddBond(RequesterId device) => _bonds.Add(device);
}

/// <summary>A device shares the memory of a process of this machine.</summary>
public sealed class NativeSvaBinding(AddressSpace memory) : SvaBinding
{
    public AddressSpace Memory { get; } = memory;

    public override string ToString() => $"the memory of {Memory}";
}

/// <summary>A device shares the memory of a process inside a virtual machine.</summary>
public sealed class GuestSvaBinding(string virtualMachine) : SvaBinding
{
    public string VirtualMachine { get; } = virtualMachine;

    public override string ToString() => $"memory inside {VirtualMachine}";
}
