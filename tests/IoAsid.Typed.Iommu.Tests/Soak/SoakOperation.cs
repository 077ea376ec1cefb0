namespace IoAsid.Typed.Iommu.Tests;

/// <summary>
/// The kind of an operation. The numbers of an operation select among the objects that exist when it begins. It has no effect if no such object exists.
/// </summary>
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
    GuestMisbehaves,
    GuestEnds,
    Misbehave,
    Reset,
    RemoveDevice,
    RefuseMemory,
    ObserverThrows,
    InterruptsOff,
    Wait,
}

/// <summary>An operation of a plan.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct SoakOperation(SoakKind Kind, int First, int Second)
{
    public override string ToString() => $"{Kind}({First}, {Second})";
}
