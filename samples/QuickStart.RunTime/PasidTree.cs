using IoAsid.Typed;

namespace QuickStart.RunTime;

/// <summary>The sets of this sample.</summary>
public sealed class PasidTree : IDisposable
{
    public PasidTree()
    {
        Sva = Space.CreateSet<SvaBinding>("sva");
        Editor = Sva.CreateSubset<NativeSvaBinding>("editor", owner: EditorMemory);
        Vm1 = Sva.CreateSubset<GuestSvaBinding>("vm-1", owner: new AddressSpace("the emulator of vm-1"), quota: 1);
        Vm2 = Sva.CreateSubset<GuestSvaBinding>("vm-2", owner: new AddressSpace("the emulator of vm-2"), quota: 1);
        Aux = Space.CreateSet<AuxiliaryDomain>("aux");
    }

    public IoAsidSpace Space { get; } = new();

    public AddressSpace EditorMemory { get; } = new("the editor");

    public IoAsidSet<SvaBinding> Sva { get; }

    public IoAsidSet<NativeSvaBinding> Editor { get; }

    public IoAsidSet<GuestSvaBinding> Vm1 { get; }

    public IoAsidSet<GuestSvaBinding> Vm2 { get; }

    public IoAsidSet<AuxiliaryDomain> Aux { get; }

    public void Dispose() => Space.Dispose();
}
