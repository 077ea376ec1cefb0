namespace IoAsid.Typed.Iommu.Tests;

/// <summary>What can happen on the machine. Numbers choose among what is there when it happens; where nothing is there, nothing happens.</summary>
internal enum SoakKind
{
    StartProcess,
    Bind,
    Work,
    Unmap,
    Protect,
    Exit,
    Unbind,
    AttachAuxiliary,
    AuxiliaryWork,
    RemapAuxiliary,
    DetachAuxiliary,
    StartGuest,
    GuestBind,
    GuestWork,
    GuestUnmap,
    GuestUnbind,
    GuestFree,
    GuestBadManners,
    GuestDies,
    Misbehave,
    Reset,
    PullOut,
    RefuseMemory,
    ObserverThrows,
    InterruptsOff,
    Wait,
}

/// <summary>One thing that happens.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct SoakOperation(SoakKind Kind, int First, int Second)
{
    public override string ToString() => $"{Kind}({First}, {Second})";
}
