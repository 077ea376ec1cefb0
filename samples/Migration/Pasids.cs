using IoAsid.Typed;

namespace Migration;

/// <summary>The PASIDs of the driver. Allocation uses sets already, and lookups are unchanged.</summary>
public sealed class Pasids : IDisposable
{
    public Pasids()
    {
        Sva = Space.CreateSet<SvaBinding>("sva");
        Processes = Sva.CreateSubset<NativeSvaBinding>("processes");
        Vm1 = Sva.CreateSubset<GuestSvaBinding>("vm-1", owner: "vm-1");
        Vm2 = Sva.CreateSubset<GuestSvaBinding>("vm-2", owner: "vm-2");
        Aux = Space.CreateSet<AuxiliaryDomain>("aux");
    }

    public IoAsidSpace Space { get; } = new();

    public IoAsidSet<SvaBinding> Sva { get; }

    public IoAsidSet<NativeSvaBinding> Processes { get; }

    public IoAsidSet<GuestSvaBinding> Vm1 { get; }

    public IoAsidSet<GuestSvaBinding> Vm2 { get; }

    public IoAsidSet<AuxiliaryDomain> Aux { get; }

    public void Dispose() => Space.Dispose();
}
