using IoAsid.Typed;

namespace Migration;

/// <summary>Who has which PASID. Allocation came into sets first, while lookups were still as they had been.</summary>
public sealed class Pasids : IDisposable
{
    public Pasids()
    {
        Sva = Space.CreateSet<SvaBinding>("sva");
        IoAsidSet<NativeSvaBinding> editor = Sva.CreateSubset<NativeSvaBinding>("editor");
        Vm1 = Sva.CreateSubset<GuestSvaBinding>("vm-1", owner: "vm-1");
        Vm2 = Sva.CreateSubset<GuestSvaBinding>("vm-2", owner: "vm-2");
        Aux = Space.CreateSet<AuxiliaryDomain>("aux");
        OfEditor = editor.Allocate(new NativeSvaBinding("the editor"));
        OfVm1 = Vm1.Allocate(new GuestSvaBinding("vm-1"));
        OfAux = Aux.Allocate(new AuxiliaryDomain("mediated device"));
    }

    public IoAsidSpace Space { get; } = new();

    public IoAsidSet<SvaBinding> Sva { get; }

    public IoAsidSet<GuestSvaBinding> Vm1 { get; }

    public IoAsidSet<GuestSvaBinding> Vm2 { get; }

    public IoAsidSet<AuxiliaryDomain> Aux { get; }

    public IoAsidHandle<NativeSvaBinding> OfEditor { get; }

    public IoAsidHandle<GuestSvaBinding> OfVm1 { get; }

    public IoAsidHandle<AuxiliaryDomain> OfAux { get; }

    public void Dispose() => Space.Dispose();
}
