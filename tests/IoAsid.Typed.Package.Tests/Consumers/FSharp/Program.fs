open IoAsid.Typed
open IoAsid.Typed.Migration

type SvaBinding(addressSpace: string) =
    member _.AddressSpace = addressSpace

type AuxiliaryDomain() = class end

let serve (sva: IoAsidSet<SvaBinding>) (pasid: RawIoAsid) =
    let mutable held: IoAsidReference<SvaBinding> = null

    if sva.TryHold(pasid, &held) then
        use reference = held
        reference.Data.AddressSpace
    else
        "invalid request"

let serveUntyped (space: IoAsidSpace) (pasid: RawIoAsid) =
    match UntypedLookup.Find(space, null, pasid, null) with // converged
    | :? SvaBinding as binding -> binding.AddressSpace
    | _ -> "invalid request"

#if MISTAKES
let wrongType (sva: IoAsidSet<SvaBinding>) (pasid: RawIoAsid) : AuxiliaryDomain = sva.Find(pasid).Data // mistake
#endif

let space = new IoAsidSpace()
let sva = space.CreateSet<SvaBinding> "sva"
let aux = space.CreateSet<AuxiliaryDomain> "aux"
let pasid = sva.Allocate(SvaBinding "process 42").Id
let domain = aux.Allocate(AuxiliaryDomain()).Id

printfn "%s" (serve sva pasid)
printfn "%s" (serve sva domain)
printfn "%s" (serveUntyped space pasid)
