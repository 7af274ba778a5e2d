"""OpenCV's own way: FaceDetectorYN (YuNet) at half size, ArcFace alignment, MobileFaceNet in cv2.dnn."""
import json
import resource
import sys
import time

import cv2
import numpy as np

# Where InsightFace puts eyes, nose tip and mouth corners in a chip of 112 pixels.
CHIP = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])
MEAN = np.array([0.485, 0.456, 0.406]) * 255
DEVIATION = np.array([0.229, 0.224, 0.225]) * 255
SEARCHES = 200


def now():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000, time.perf_counter() * 1000


class Stopwatch:
    def __init__(self):
        self.spent = {}

    def __call__(self, stage, work):
        cpu, wall = now()
        result = work()
        cpu_after, wall_after = now()
        before = self.spent.get(stage, {"cpuMs": 0, "wallMs": 0})
        self.spent[stage] = {
            "cpuMs": before["cpuMs"] + cpu_after - cpu,
            "wallMs": before["wallMs"] + wall_after - wall,
        }
        return result


def align(picture, points):
    # Points found at half size lie at twice the place.
    matrix, _ = cv2.estimateAffinePartial2D(points * 2, CHIP, method=cv2.LMEDS)
    return cv2.warpAffine(picture, matrix, (112, 112))


def embed(net, picture, face):
    chip = align(picture, face[4:14].reshape(5, 2))
    rgb = (chip[:, :, ::-1].astype(np.float32) - MEAN) / DEVIATION
    net.setInput(np.ascontiguousarray(rgb.transpose(2, 0, 1)[None], dtype=np.float32))
    return net.forward()[0]


def see(data, detector, net, watch):
    picture = watch("decode", lambda: cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR))

    def detect():
        half = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        detector.setInputSize((half.shape[1], half.shape[0]))
        return detector.detect(half)[1]

    faces = watch("detect and landmarks", detect)
    faces = [] if faces is None else faces
    templates = [watch("embed", lambda face=face: embed(net, picture, face)) for face in faces]
    return len(faces), len(templates)


def main():
    job = json.load(sys.stdin)
    cv2.setNumThreads(job["threads"])
    pictures = [open(file, "rb").read() for file in job["frames"]]
    start = time.perf_counter()
    detector = cv2.FaceDetectorYN.create(job["detector"], "", (320, 240), 0.6)
    net = cv2.dnn.readNetFromONNX(job["embedder"])
    open_ms = (time.perf_counter() - start) * 1000
    looks = []
    for turn in range(-job["warmUpPasses"], job["passes"]):
        for frame, data in enumerate(pictures):
            watch = Stopwatch()
            cpu, wall = now()
            faces, templates = see(data, detector, net, watch)
            cpu_after, wall_after = now()
            if turn >= 0:
                looks.append({
                    "frame": frame, "pass": turn, "faces": faces, "templates": templates, "stages": watch.spent,
                    "whole": {"cpuMs": cpu_after - cpu, "wallMs": wall_after - wall},
                })
    peak = next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
    gallery = np.random.default_rng(1).standard_normal((job["galleryRows"], 128)).astype(np.float32)
    matches = []
    for _ in range(SEARCHES):
        cpu, wall = now()
        int(np.argmax(gallery @ gallery[7]))
        cpu_after, wall_after = now()
        matches.append({"cpuMs": cpu_after - cpu, "wallMs": wall_after - wall})
    print(json.dumps({
        "version": f"OpenCV {cv2.__version__}, FaceDetectorYN 320x240 + MobileFaceNet",
        "threads": job["threads"], "openMs": open_ms, "peakRssMb": peak, "looks": looks, "matches": matches,
    }))


main()
